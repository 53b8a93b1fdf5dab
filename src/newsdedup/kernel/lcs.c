/* The longest common subsequence of the content stems of two articles.

   Bit-parallel: a bit of `open` for each column of the pattern, 1 while the best length does not rise there (Hyyro 2004,
   "Bit-parallel LCS-length computation revisited"). Words without a column of the present stem are passed over, so that
   a stem costs the words in which it stands, and memory grows with the length of the pattern, not with its square. */
#include <string.h>

#include "pair.h"

static int popcount(uint64_t bits) {
    bits -= (bits >> 1) & 0x5555555555555555u;
    bits = (bits & 0x3333333333333333u) + ((bits >> 2) & 0x3333333333333333u);
    bits = (bits + (bits >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    return (int)((bits * 0x0101010101010101u) >> 56);
}

/* One stem of the text, by the words in which it stands. `*top` is one past the last word with a column that is not
   open; what is carried beyond it changes nothing before the next word in which the stem stands. */
static void step(uint64_t *open, int32_t *top, int32_t words, const Stand *stand, const Stand *end) {
    uint64_t carry = 0;
    int32_t word = stand->word;
    while (word < words) {
        uint64_t before = open[word], bits = 0;
        if (stand < end && stand->word == word) {
            bits = stand->bits;
            stand++;
        }
        uint64_t matched = before & bits, sum = before + matched, more = sum < before;
        sum += carry;
        carry = more | (sum < carry);
        uint64_t after = sum | (before & ~bits);
        open[word] = after;
        if (~after && word >= *top) {
            *top = word + 1;
        }
        if (carry && word + 1 < *top) {
            word++;
        } else if (stand < end) {
            word = stand->word; /* what is carried goes all the way through words that are open in every column */
        } else {
            return;
        }
    }
}

int64_t common_length(const Side *text, Side *pattern, int told, Work *work) {
    if (!text->length || !pattern->length) {
        return 0;
    }
    if (add_stands(pattern) != 0) {
        return -1;
    }
    int32_t words = (pattern->length + 63) >> 6, codes = text->codes.count, top = 0;
    uint64_t *open = work_for(work, (size_t)words * sizeof(*open) + (size_t)codes * sizeof(int32_t));
    if (open == NULL) {
        return -1;
    }
    int32_t *number = (int32_t *)(open + words);
    memset(open, 0xFF, (size_t)words * sizeof(*open));
    for (int32_t code = 0; code < codes; code++) {
        number[code] = number_of(&pattern->codes, text->codes.values[code]);
    }
    for (int32_t i = 0; i < text->length; i++) {
        int32_t code = number[text->code_of[i]];
        if (code >= 0 && !(told && text->quoted[text->position[i]])) {
            step(open, &top, words, pattern->stands + pattern->stand_starts[code],
                 pattern->stands + pattern->stand_starts[code + 1]);
        }
    }
    int64_t length = 0;
    for (int32_t word = 0; word < top; word++) {
        length += popcount(~open[word]);
    }
    return length;
}

int64_t common_at_most(const Side *left, const Side *right) {
    int64_t count = 0;
    for (int32_t code = 0; code < left->codes.count; code++) {
        int32_t other = number_of(&right->codes, left->codes.values[code]);
        if (other >= 0) {
            int32_t a = left->code_counts[code], b = right->code_counts[other];
            count += a < b ? a : b;
        }
    }
    return count;
}
