/* Two articles held against each other: the gate, and the numbers of `verify/features.py`. */
#ifndef NEWSDEDUP_PAIR_H
#define NEWSDEDUP_PAIR_H

#include "side.h"

/* The fields of Features in their order, but for the last, which the pipeline counts. */
enum {
    FACTS_SHORT, FACTS_BOTH, FACTS_WEIGHT, FACTS_WEIGHT_BOTH, FACTS_PLACED, FACTS_PLACED_BOTH, NUMBERS, LCS, LCS_SHORT,
    ORDER, SENTENCES_SHORT, SENTENCES_MEAN, LENGTH_RATIO, LENGTH, JACCARD, CONTAINED_LEFT, CONTAINED_RIGHT, VERBATIM,
    VERBATIM_SHARE, VERBATIM_FACTS, VERBATIM_SENTENCES, FIGURES, FACT_COUNT, SHARED_FACTS, FEATURES
};

/* Memory that is used again for every pair of a call; all zero to begin with. */
typedef struct {
    char *memory;
    size_t size;
} Work;

/* That many bytes, not cleared, until the next call; NULL with an error set. */
void *work_for(Work *work, size_t bytes);

/* 1 or 0, or -1 with an error set. `*common` is set to the length of the longest common subsequence where that was
   needed, and to -1 where not. */
int passes_gate(Side *left, Side *right, Work *work, int64_t *common);

/* 0, or -1 with an error set. `common` as passes_gate left it. */
int fill_features(Side *left, Side *right, Work *work, int64_t common, double *out);

/* Longest common subsequence of the stems of `text`, all or those outside quotation marks, with all of `pattern`; -1
   with an error set. */
int64_t common_length(const Side *text, Side *pattern, int told, Work *work);

/* At least the longest common subsequence: stems that both have, in whatever order. */
int64_t common_at_most(const Side *left, const Side *right);

/* The two most similar sentences of the other side; of equals the earlier one. */
typedef struct {
    float first_value, second_value;
    int32_t first, second;
} Best;

typedef struct {
    Best *left_best, *right_best;
    double *sums;
    float *row, *by_left, *by_right; /* the two alignments, the weights being of the left or of the right */
    int32_t *numbers, *counts;       /* of the terms or roots of one side */
} Rows;

/* Memory for the rows of the matrix of similarities; start_rows before the first of them; fill_row makes one, and
   offer_row makes it and offers it to the best of both sides. */
int find_rows(const Side *left, const Side *right, Work *work, Rows *rows);
void start_rows(const Side *left, const Side *right, const Rows *rows);
void fill_row(const Side *left, const Side *right, int32_t sentence, const Rows *rows);
void offer_row(const Side *left, const Side *right, int32_t sentence, const Rows *rows);

#define MIN_SIMILARITY 0.25f /* below which two sentences are not aligned */

static inline float likeness(float similarity) { return similarity >= MIN_SIMILARITY ? similarity : 0.0f; }

/* For each sentence of the left the one of the right that it is aligned with, or -1, and their similarity. */
int match_sentences(Side *left, Side *right, Work *work, int32_t *matched, float *values);

/* Tokens of the left that are facts of both, each fact once, up to `most`: the rarest first, of equals the first one.
   Returns how many; `seen` has room for each root of the left. */
int32_t find_shared_facts(const Side *left, const Side *right, int32_t most, int32_t *tokens, uint8_t *seen);

/* The five numbers that hold sentences against sentences. */
int fill_sentences(const Side *left, const Side *right, Work *work, double *out);

/* What stands in runs of tokens that both have. */
int fill_runs(Side *left, Side *right, int64_t shared_shingles, Work *work, double *out);

#endif
