/* What the rooms of text share: hashes, classes of characters, bits of tokens. Twins: newsdedup.text. */
#ifndef NEWSDEDUP_TEXT_H
#define NEWSDEDUP_TEXT_H

#include "kernel.h"

/* Bits of a token: of `marks`, see text.spans, and of `flags`, see text.tokens. */
enum { CAPITAL = 1, MAY_OPEN = 2, MUST_OPEN = 4, QUOTED = 8, LONE_LETTER = 16 };
enum { IS_CONTENT = 1, IS_NUMBER = 2, IS_CAPITAL = 4, IS_OPENING = 8, IS_QUOTED = 16, IS_FACT = 32 };

#define BASE UINT64_C(0x9E3779B97F4A7C15)

/* MurmurHash3's 64-bit finaliser; wraps mod 2**64 on purpose. */
static inline uint64_t mix64(uint64_t value) {
    value ^= value >> 33;
    value *= UINT64_C(0xFF51AFD7ED558CCD);
    value ^= value >> 33;
    value *= UINT64_C(0xC4CEB9FE1A85EC53);
    return value ^ (value >> 33);
}

/* Whether `offsets` never fall and end within `size`: the bounds of `count - 1` runs. */
static inline int are_bounds(const int64_t *offsets, Py_ssize_t count, Py_ssize_t size) {
    if (count < 1 || offsets[0] < 0 || offsets[count - 1] > size) {
        return 0;
    }
    for (Py_ssize_t i = 1; i < count; i++) {
        if (offsets[i] < offsets[i - 1]) {
            return 0;
        }
    }
    return 1;
}

/* An open-addressing table of words: see Vocabulary.slots. */
typedef struct {
    const int32_t *slots;
    const uint64_t *keys;
    Py_ssize_t slot_count, key_count;
    int shift;
} Words;

/* The row of a key, 0 where the table lacks it, -1 where the table is no table. */
static inline int32_t row_of(const Words *words, uint64_t key) {
    uint64_t mask = (uint64_t)words->slot_count - 1, slot = key >> words->shift;
    for (Py_ssize_t probe = 0; probe < words->slot_count; probe++) {
        int32_t row = words->slots[slot];
        if (row == 0) {
            return 0;
        }
        if (row < 0 || row >= words->key_count) {
            return -1;
        }
        if (words->keys[row] == key) {
            return row;
        }
        slot = (slot + 1) & mask;
    }
    return 0;
}

static inline int set_words(Words *words) {
    int bits = 0;
    while (((Py_ssize_t)1 << bits) < words->slot_count) {
        bits++;
    }
    words->shift = 64 - bits;
    return bits > 0 && ((Py_ssize_t)1 << bits) == words->slot_count;
}

#endif
