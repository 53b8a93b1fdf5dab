/* Sentences held against sentences: each one's best matches, the best alignment that keeps order, facts in company.

   The matrix of similarities is made a row at a time and never kept: of two articles of a million characters it would
   take 240 MB. */
#include <string.h>

#include "pair.h"

#define LOCAL_PRIOR 12.0
#define PRODUCT_UNIT (UNIT * UNIT)

static const Best NONE = {-1.0f, -1.0f, 0, 0};

static void offer(Best *best, float value, int32_t sentence) {
    if (value > best->first_value) {
        best->second_value = best->first_value;
        best->second = best->first;
        best->first_value = value;
        best->first = sentence;
    } else if (value > best->second_value) {
        best->second_value = value;
        best->second = sentence;
    }
}

/* Similarity of one sentence of `left` with each of `right`: exact sums, rounded once. */
void fill_row(const Side *left, const Side *right, int32_t sentence, const Rows *rows) {
    double *sums = rows->sums;
    memset(sums, 0, (size_t)right->sentence_count * sizeof(*sums));
    for (int32_t i = left->cell_starts[sentence]; i < left->cell_starts[sentence + 1]; i++) {
        int32_t term = rows->numbers[left->cell_terms[i]];
        if (term >= 0) {
            const Cell *end = right->cells_by_term + right->term_starts[term + 1];
            for (const Cell *cell = right->cells_by_term + right->term_starts[term]; cell < end; cell++) {
                sums[cell->sentence] += left->cell_cosines[i] * cell->cosine;
            }
        }
    }
    for (int32_t k = 0; k < right->sentence_count; k++) {
        rows->row[k] = (float)(sums[k] * PRODUCT_UNIT);
    }
}

/* One row of the recursion of `align.monotone`; `weight` is of the row's sentence, `weights` of the columns' where they
   are the shorter side's. The value does not depend on which side's sentences are the rows. */
static void align_row(const float *row, int32_t columns, float weight, const float *weights, float *best) {
    float diagonal = best[0], before = best[0];
    for (int32_t k = 0; k < columns; k++) {
        float above = best[k + 1], taken = diagonal + likeness(row[k]) * (weights != NULL ? weights[k] : weight);
        taken = above > taken ? above : taken;
        before = before > taken ? before : taken;
        best[k + 1] = before;
        diagonal = above;
    }
}

static double best_mean(const Side *side, const Best *best) {
    double sum = 0, total = 0;
    for (int32_t i = 0; i < side->sentence_count; i++) {
        sum += (double)best[i].first_value * (double)side->sentence_weights[i];
        total += (double)side->sentence_weights[i];
    }
    return total > 0 ? sum / total : 0.0;
}

static int stands_in(const int32_t *sentences, int32_t count, int32_t wanted) {
    int32_t low = 0;
    while (low < count) {
        int32_t middle = low + (count - low) / 2;
        if (sentences[middle] < wanted) {
            low = middle + 1;
        } else {
            count = middle;
        }
    }
    return low;
}

/* Whether a root stands in one of the two sentences. */
static int in_company(const Side *other, int32_t root, const Best *best) {
    const int32_t *sentences = other->root_sentences + other->root_starts[root];
    int32_t count = other->root_starts[root + 1] - other->root_starts[root];
    int32_t first = stands_in(sentences, count, best->first), second = stands_in(sentences, count, best->second);
    return (first < count && sentences[first] == best->first) || (second < count && sentences[second] == best->second);
}

/* Share, by weight, of the facts of `side` that stand in the most similar sentences of `other`.

   `hits` and `counts` are of each root of `side`. */
static double placed(const Side *side, const Side *other, const Best *best, int32_t *hits, int32_t *counts) {
    memset(hits, 0, (size_t)side->roots.count * sizeof(*hits));
    memset(counts, 0, (size_t)side->roots.count * sizeof(*counts));
    for (int32_t i = 0; i < side->mentions; i++) {
        int32_t root = side->mention_roots[i], there = number_of(&other->roots, side->roots.values[root]);
        counts[root]++;
        hits[root] += there >= 0 && in_company(other, there, &best[side->mention_sentences[i]]);
    }
    int64_t sum = 0;
    for (int32_t i = 0; i < side->fact_count; i++) {
        int32_t root = side->facts[i];
        double weight = (double)side->fact_units[root] * UNIT;
        sum += (int64_t)(weight * hits[root] / counts[root] / UNIT);
    }
    return (double)sum * UNIT / ((double)side->known * UNIT + LOCAL_PRIOR);
}

int find_rows(const Side *left, const Side *right, Work *work, Rows *rows) {
    size_t n = (size_t)left->sentence_count, m = (size_t)right->sentence_count;
    size_t most = (size_t)(left->length > right->length ? left->length : right->length) + 1;
    char *next = work_for(work, (n + m) * sizeof(Best) + m * sizeof(double) + (3 * m + 2) * sizeof(float) +
                                    2 * most * sizeof(int32_t));
    if (next == NULL) {
        return -1;
    }
    rows->sums = (double *)next;
    rows->left_best = (Best *)(rows->sums + m);
    rows->right_best = rows->left_best + n;
    rows->row = (float *)(rows->right_best + m);
    rows->by_left = rows->row + m;
    rows->by_right = rows->by_left + m + 1;
    rows->numbers = (int32_t *)(rows->by_right + m + 1);
    rows->counts = rows->numbers + most;
    return 0;
}

void start_rows(const Side *left, const Side *right, const Rows *rows) {
    memset(rows->by_left, 0, 2 * ((size_t)right->sentence_count + 1) * sizeof(float));
    for (int32_t k = 0; k < right->sentence_count; k++) {
        rows->right_best[k] = NONE;
    }
    for (int32_t term = 0; term < left->terms.count; term++) {
        rows->numbers[term] = number_of(&right->terms, left->terms.values[term]);
    }
}

void offer_row(const Side *left, const Side *right, int32_t sentence, const Rows *rows) {
    Best *best = &rows->left_best[sentence];
    fill_row(left, right, sentence, rows);
    *best = NONE;
    for (int32_t k = 0; k < right->sentence_count; k++) {
        offer(best, rows->row[k], k);
        offer(&rows->right_best[k], rows->row[k], sentence);
    }
}

static void hold_rows(const Side *left, const Side *right, const Rows *rows) {
    int32_t m = right->sentence_count;
    start_rows(left, right, rows);
    for (int32_t i = 0; i < left->sentence_count; i++) {
        offer_row(left, right, i, rows);
        if (left->told <= right->told) {
            align_row(rows->row, m, left->sentence_weights[i], NULL, rows->by_left);
        }
        if (right->told <= left->told) {
            align_row(rows->row, m, 0, right->sentence_weights, rows->by_right);
        }
    }
}

static double aligned_share(const Side *side, float value) {
    double total = 0;
    for (int32_t i = 0; i < side->sentence_count; i++) {
        total += (double)side->sentence_weights[i];
    }
    return total > 0 ? (double)value / total : 0.0;
}

static double pick(double left_size, double right_size, double left, double right) {
    if (left_size == right_size) {
        return left > right ? left : right;
    }
    return left_size < right_size ? left : right;
}

int fill_sentences(const Side *left, const Side *right, Work *work, double *out) {
    Rows rows;
    if (find_rows(left, right, work, &rows) != 0) {
        return -1;
    }
    hold_rows(left, right, &rows);
    int32_t m = right->sentence_count;
    double by_left = left->told <= right->told ? aligned_share(left, rows.by_left[m]) : 0.0;
    double by_right = right->told <= left->told ? aligned_share(right, rows.by_right[m]) : 0.0;
    double left_mean = best_mean(left, rows.left_best), right_mean = best_mean(right, rows.right_best);
    double left_placed = placed(left, right, rows.left_best, rows.numbers, rows.counts);
    double right_placed = placed(right, left, rows.right_best, rows.numbers, rows.counts);
    out[ORDER] = by_left > by_right ? by_left : by_right;
    out[SENTENCES_SHORT] = pick((double)left->told, (double)right->told, left_mean, right_mean);
    out[SENTENCES_MEAN] = (left_mean + right_mean) / 2;
    out[FACTS_PLACED] = pick((double)left->known, (double)right->known, left_placed, right_placed);
    out[FACTS_PLACED_BOTH] = left_placed < right_placed ? left_placed : right_placed;
    return 0;
}
