/* One article made ready to be compared with many: what `verify/profile.py` makes with numpy, as hash tables and lists. */
#ifndef NEWSDEDUP_SIDE_H
#define NEWSDEDUP_SIDE_H

#include "kernel.h"

#define SHINGLE 3
#define RUN 24
#define CODES 1100000u
#define UNIT (1.0 / 67108864) /* 2**-26: see verify/profile.py */

/* The columns of an ArticleTable that verification reads. */
typedef struct {
    const uint32_t *surface, *term, *root;
    const uint8_t *quoted, *opening, *fact;
    const float *weight;
    const int32_t *sentence, *position, *sentences;
    const int64_t *token_offsets, *content_offsets;
    int64_t articles, tokens, contents;
} Columns;

/* Distinct 32-bit values, numbered in the order in which they came. */
typedef struct {
    uint32_t key;
    int32_t number; /* + 1; 0 for a free slot */
} Slot;

typedef struct {
    Slot *slots;
    uint32_t *values;
    uint32_t mask;
    int shift;
    int32_t count;
} Numbers;

/* A set of 64-bit hashes; 0 stands for a free slot, so whether 0 itself is in it is kept apart. */
typedef struct {
    uint64_t *slots;
    uint64_t mask;
    int shift;
    int has_zero;
    int64_t count;
} Hashes;

/* Where a code stands in the text: bits of one 64-bit word of its columns. */
typedef struct {
    uint64_t bits;
    int32_t word;
} Stand;

typedef struct {
    int32_t sentence;
    double cosine; /* whole, in UNIT */
} Cell;

enum { IS_FACT = 1, IS_NUMBER = 2 };

typedef struct {
    int64_t row;
    size_t bytes;
    void *blocks[4]; /* one for each of the steps below */

    const uint32_t *surface;
    const uint8_t *quoted, *opening, *fact;
    const int32_t *sentence, *position;
    const uint32_t *term;
    const float *weight;
    int32_t tokens, length, sentence_count;

    /* For the gate. */
    Numbers roots, codes;
    int32_t *root_of, *code_of; /* of each content stem */
    int32_t *code_counts;
    uint8_t *kinds;             /* of each root */
    int32_t *fact_units;        /* of each root: the largest weight of its facts, in UNIT */
    int32_t *facts;             /* the roots that are facts */
    int32_t fact_count, number_count, figures;

    /* For the longest common subsequence, where this side is the pattern. */
    int32_t *stand_starts;
    Stand *stands;

    /* For the features. */
    Numbers terms;
    int32_t *cell_terms, *cell_starts;   /* cells by sentence */
    double *cell_cosines;
    Cell *cells_by_term;
    int32_t *term_starts;
    float *sentence_weights;
    int64_t told, known;                 /* sums of all cells and of all facts, in UNIT */
    int32_t *root_sentences, *root_starts;
    int32_t *mention_roots, *mention_sentences;
    int32_t mentions, unquoted;
    Hashes shingles;

    /* For runs. */
    Hashes runs;
    uint64_t *run_hashes;
    int32_t run_count;
} Side;

/* Each returns 0, or -1 with an error set; a step that was done is not done again. */
int begin_side(Side *side, const Columns *columns, int64_t row);
int add_stands(Side *side);
int add_features(Side *side);
int add_runs(Side *side);
void end_side(Side *side);

int32_t number_of(const Numbers *numbers, uint32_t value); /* -1 for none */
int has_hash(const Hashes *hashes, uint64_t hash);

#endif
