/* How alike two sentences are, word by word. */
#include "edits.h"
#include <stdlib.h>
#include <string.h>

uint64_t hash_words(const uint32_t *words, ptrdiff_t size) {
    uint64_t hash = (uint64_t)size;
    for (ptrdiff_t i = 0; i < size; i++) {
        hash = (hash ^ words[i]) * UINT64_C(0xff51afd7ed558ccd);
        hash ^= hash >> 32;
    }
    return hash;
}

size_t places_for(ptrdiff_t entries) {
    size_t places = 16;
    while (places < 2 * (size_t)entries) {
        places *= 2;
    }
    return places;
}

int64_t *filled(size_t count) {
    int64_t *values = malloc(count * sizeof *values);
    if (values) {
        memset(values, 0xff, count * sizeof *values); /* -1 */
    }
    return values;
}

int make_workspace(Workspace *space, ptrdiff_t longest) {
    size_t blocks = (size_t)longest / 64 + 1;
    space->places = places_for(longest);
    space->first = filled(space->places);
    space->next = filled((size_t)longest + 1);
    space->unmatched = malloc(blocks * sizeof *space->unmatched);
    space->mask = calloc(blocks, sizeof *space->mask);
    return space->first && space->next && space->unmatched && space->mask;
}

void free_workspace(Workspace *space) {
    free(space->first);
    free(space->next);
    free(space->unmatched);
    free(space->mask);
}

static size_t find_word(const Workspace *space, size_t places, const uint32_t *words, uint32_t word) {
    size_t at = (size_t)hash_words(&word, 1) & (places - 1);
    while (space->first[at] >= 0 && words[space->first[at]] != word) {
        at = (at + 1) & (places - 1);
    }
    return at;
}

static void step(uint64_t *unmatched, const uint64_t *mask, size_t blocks) {
    uint64_t carry = 0;
    for (size_t i = 0; i < blocks; i++) {
        uint64_t state = unmatched[i], hit = state & mask[i], sum = state + hit, out = sum < state;
        uint64_t all = sum + carry;
        carry = out | (all < sum);
        unmatched[i] = all | (state - hit);
    }
}

/* Length of the longest common subsequence, bit-parallel: Hyyro 2004, "Bit-parallel LCS-length computation revisited".

   Where `rows` is not NULL, it gets the state after each word of the other one. */
static ptrdiff_t common_length(Workspace *space, const uint32_t *one, ptrdiff_t n, const uint32_t *other, ptrdiff_t m,
                               uint64_t *rows) {
    size_t places = places_for(n), blocks = ((size_t)n + 63) / 64;
    ptrdiff_t common = 0;
    memset(space->first, 0xff, places * sizeof *space->first);
    memset(space->unmatched, 0xff, blocks * sizeof *space->unmatched);
    for (ptrdiff_t i = n - 1; i >= 0; i--) {
        size_t at = find_word(space, places, one, one[i]);
        space->next[i] = space->first[at];
        space->first[at] = i;
    }
    for (ptrdiff_t j = 0; j < m; j++) {
        int64_t first = space->first[find_word(space, places, one, other[j])];
        if (first >= 0) { /* else nothing changes */
            for (int64_t i = first; i >= 0; i = space->next[i]) {
                space->mask[i / 64] |= UINT64_C(1) << (i % 64);
            }
            step(space->unmatched, space->mask, blocks);
            for (int64_t i = first; i >= 0; i = space->next[i]) {
                space->mask[i / 64] = 0;
            }
        }
        if (rows) {
            memcpy(rows + (size_t)j * blocks, space->unmatched, blocks * sizeof *rows);
        }
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        common += !(space->unmatched[i / 64] >> (i % 64) & 1);
    }
    return common;
}

double likeness(Workspace *space, const uint32_t *one, ptrdiff_t n, const uint32_t *other, ptrdiff_t m,
                       double least) {
    double all = (double)(n + m);
    ptrdiff_t common = 0;
    if (1.0 - (double)(n > m ? n - m : m - n) / all < least) {
        return -1.0;
    }
    while (n && m && *one == *other) {
        one++, other++, n--, m--, common++;
    }
    while (n && m && one[n - 1] == other[m - 1]) {
        n--, m--, common++;
    }
    common += n && m ? common_length(space, one, n, other, m, NULL) : 0;
    return 1.0 - (all - 2.0 * (double)common) / all;
}


/* The way back through the rows, as rapidfuzz goes it. */
static void go_back(const uint64_t *rows, size_t blocks, ptrdiff_t n, ptrdiff_t m, ptrdiff_t shift, int32_t *matched) {
    ptrdiff_t column = n, row = m;
    while (row && column) {
        size_t at = (size_t)(column - 1) / 64;
        int bit = (int)((column - 1) % 64);
        if (rows[(size_t)(row - 1) * blocks + at] >> bit & 1) {
            column--;
        } else {
            row--;
            if (!row || rows[(size_t)(row - 1) * blocks + at] >> bit & 1) {
                matched[--column] = (int32_t)(row + shift);
            }
        }
    }
}

int match_words(Workspace *space, const uint32_t *one, ptrdiff_t n, const uint32_t *other, ptrdiff_t m,
                int32_t *matched) {
    ptrdiff_t shift = 0;
    while (n && m && *one == *other) {
        *matched++ = (int32_t)shift++;
        one++, other++, n--, m--;
    }
    while (n && m && one[n - 1] == other[m - 1]) {
        n--, m--;
        matched[n] = (int32_t)(m + shift);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        matched[i] = -1;
    }
    if (n && m) {
        size_t blocks = ((size_t)n + 63) / 64;
        uint64_t *rows = malloc((size_t)m * blocks * sizeof *rows);
        if (!rows) {
            return 0;
        }
        common_length(space, one, n, other, m, rows);
        go_back(rows, blocks, n, m, shift, matched);
        free(rows);
    }
    return 1;
}
