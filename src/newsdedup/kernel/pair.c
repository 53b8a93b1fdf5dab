/* The gate and the numbers of a pair. Sums are of integers, or go in the order of the text: see verify/profile.py. */
#include <stdlib.h>
#include <string.h>

#include "pair.h"

#define GATE 0.85
#define GATE_LCS_WEIGHT 1.5
#define FACT_PRIOR 6.0
#define LEAST_TOLD 24

void *work_for(Work *work, size_t bytes) {
    if (bytes > work->size || work->memory == NULL) {
        char *memory = realloc(work->memory, bytes + bytes / 2 + 64);
        if (memory == NULL) {
            PyErr_NoMemory();
            return NULL;
        }
        work->memory = memory;
        work->size = bytes + bytes / 2 + 64;
    }
    return work->memory;
}

static double larger(double a, double b) { return a > b ? a : b; }

static double smaller(double a, double b) { return a < b ? a : b; }

/* The value of the smaller side; of two sides of one size the larger value. */
static double of_smaller(double left_size, double right_size, double left, double right) {
    if (left_size == right_size) {
        return larger(left, right);
    }
    return left_size < right_size ? left : right;
}

static int32_t at_least_1(int32_t value) { return value > 1 ? value : 1; }

/* What of the facts of `side` stands in `other`, among all its roots or as facts too. */
typedef struct {
    int32_t found, as_facts, numbers;
    int64_t units;
} Found;

static Found find_facts(const Side *side, const Side *other) {
    Found out = {0, 0, 0, 0};
    for (int32_t i = 0; i < side->fact_count; i++) {
        int32_t root = side->facts[i], there = number_of(&other->roots, side->roots.values[root]);
        if (there >= 0) {
            int as_fact = other->kinds[there] != 0;
            out.found++;
            out.units += side->fact_units[root];
            out.as_facts += as_fact;
            out.numbers += as_fact && (side->kinds[root] & IS_NUMBER);
        }
    }
    return out;
}

int passes_gate(Side *left, Side *right, Work *work, int64_t *common) {
    Found in_right = find_facts(left, right), in_left = find_facts(right, left);
    double facts = larger((double)in_right.found / at_least_1(left->fact_count),
                          (double)in_left.found / at_least_1(right->fact_count));
    int32_t shorter = left->length < right->length ? left->length : right->length;
    double least = (GATE - facts) / GATE_LCS_WEIGHT * shorter; /* a whole number reaches it or its ceiling alike */
    *common = -1;
    if (least <= 0) {
        return 1;
    }
    if (common_at_most(left, right) < least) {
        return 0;
    }
    int left_is_text = left->length <= right->length;
    *common = common_length(left_is_text ? left : right, left_is_text ? right : left, 0, work);
    return *common < 0 ? -1 : *common >= least;
}

/* Share of the shorter text's own words that the other has in the same order; of two equal ones the larger. */
static int fill_lcs(Side *left, Side *right, Work *work, int64_t common, double *out) {
    Side *sides[2] = {left, right};
    if (common < 0) {
        int text = left->length > right->length;
        common = common_length(sides[text], sides[!text], 0, work);
        if (common < 0) {
            return -1;
        }
    }
    out[LCS] = (double)(2 * common) / at_least_1(left->length + right->length);
    out[LCS_SHORT] = 0;
    for (int i = 0; i < 2; i++) {
        const Side *side = sides[i];
        if (side->length > sides[!i]->length) {
            continue;
        }
        int32_t told = 0;
        for (int32_t k = 0; k < side->length; k++) {
            told += !side->quoted[side->position[k]];
        }
        double share = (double)common / at_least_1(side->length);
        if (told != side->length && told >= LEAST_TOLD) {
            int64_t own = common_length(side, sides[!i], 1, work);
            if (own < 0) {
                return -1;
            }
            share = (double)own / told;
        }
        out[LCS_SHORT] = larger(out[LCS_SHORT], share);
    }
    return 0;
}

static void fill_facts(const Side *left, const Side *right, double *out) {
    Found in_right = find_facts(left, right), in_left = find_facts(right, left);
    double share_left = (in_right.found + 1) / (double)(left->fact_count + 3);
    double share_right = (in_left.found + 1) / (double)(right->fact_count + 3);
    double weight_left = (double)in_right.units * UNIT / ((double)left->known * UNIT + FACT_PRIOR);
    double weight_right = (double)in_left.units * UNIT / ((double)right->known * UNIT + FACT_PRIOR);
    int32_t fewer = left->number_count < right->number_count ? left->number_count : right->number_count;
    out[FACTS_SHORT] = of_smaller(left->fact_count, right->fact_count, share_left, share_right);
    out[FACTS_BOTH] = smaller(share_left, share_right);
    out[FACTS_WEIGHT] = larger(weight_left, weight_right);
    out[FACTS_WEIGHT_BOTH] = smaller(weight_left, weight_right);
    out[NUMBERS] = (in_right.numbers + 1) / (double)(fewer + 2);
    out[FIGURES] = larger((double)left->figures / at_least_1(left->tokens),
                          (double)right->figures / at_least_1(right->tokens));
    out[FACT_COUNT] = smaller(left->fact_count, right->fact_count);
    out[SHARED_FACTS] = in_right.as_facts;
}

static int64_t fill_shingles(const Side *left, const Side *right, double *out) {
    int swapped = left->shingles.count > right->shingles.count;
    const Hashes *fewer = swapped ? &right->shingles : &left->shingles;
    const Hashes *more = swapped ? &left->shingles : &right->shingles;
    int64_t shared = fewer->has_zero && more->has_zero;
    for (uint64_t place = 0; place <= fewer->mask; place++) {
        shared += fewer->slots[place] && has_hash(more, fewer->slots[place]);
    }
    int64_t all = left->shingles.count + right->shingles.count - shared;
    out[JACCARD] = all ? (double)shared / (double)all : 0.0;
    out[CONTAINED_LEFT] = (double)shared / larger(1, (double)left->shingles.count);
    out[CONTAINED_RIGHT] = (double)shared / larger(1, (double)right->shingles.count);
    return shared;
}

int fill_features(Side *left, Side *right, Work *work, int64_t common, double *out) {
    if (add_features(left) != 0 || add_features(right) != 0) {
        return -1;
    }
    int32_t shorter = left->length < right->length ? left->length : right->length;
    int32_t longer = left->length < right->length ? right->length : left->length;
    out[LENGTH] = shorter;
    out[LENGTH_RATIO] = (double)at_least_1(shorter) / at_least_1(longer);
    fill_facts(left, right, out);
    int64_t shared = fill_shingles(left, right, out);
    if (fill_lcs(left, right, work, common, out) != 0 || fill_sentences(left, right, work, out) != 0) {
        return -1;
    }
    return fill_runs(left, right, shared, work, out);
}
