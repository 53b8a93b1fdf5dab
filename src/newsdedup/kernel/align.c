/* Which sentence of one article tells what which sentence of the other tells, and which facts both have: the twins of
   `align.aligned` and `evidence.shared_facts`.

   Of the matrix of similarities a row at a time is made; of the recursion two bits a cell are kept, the way back. */
#include <stdlib.h>
#include <string.h>

#include "pair.h"

enum { TO_COLUMN_BEFORE, TO_ROW_BEFORE, PAIR };

typedef struct {
    Rows rows;
    uint8_t *ways; /* two bits for each cell, row by row */
    size_t width;  /* bytes of a row of them */
} Way;

/* As align_row, and keeps the way back. */
static void keep_row(const Way *way, int32_t row, int32_t columns, float weight) {
    float *best = way->rows.by_left, diagonal = best[0], before = best[0];
    uint8_t *ways = way->ways + (size_t)row * way->width;
    for (int32_t k = 0; k < columns; k++) {
        float above = best[k + 1], taken = diagonal + likeness(way->rows.row[k]) * weight;
        float most = above > taken ? above : taken;
        most = before > most ? before : most;
        int back = most == before ? TO_COLUMN_BEFORE : most == above ? TO_ROW_BEFORE : PAIR;
        ways[k >> 2] |= (uint8_t)(back << (2 * (k & 3)));
        best[k + 1] = before = most;
        diagonal = above;
    }
}

static void go_back(const Way *way, int32_t rows, int32_t columns, int32_t *matched, uint8_t *used) {
    int32_t row = rows, column = columns;
    while (row && column) {
        int back = way->ways[(size_t)(row - 1) * way->width + ((size_t)(column - 1) >> 2)] >> (2 * ((column - 1) & 3));
        if ((back & 3) == TO_COLUMN_BEFORE) {
            column--;
        } else if ((back & 3) == TO_ROW_BEFORE) {
            row--;
        } else {
            matched[--row] = --column;
            used[column] = 1;
        }
    }
}

static void match_rows(const Side *left, const Side *right, const Way *way, int32_t *matched, float *values,
                       uint8_t *used) {
    const Rows *rows = &way->rows;
    int32_t n = left->sentence_count, m = right->sentence_count;
    start_rows(left, right, rows);
    for (int32_t i = 0; i < n; i++) {
        offer_row(left, right, i, rows);
        keep_row(way, i, m, left->sentence_weights[i]);
        matched[i] = -1;
    }
    go_back(way, n, m, matched, used);
    for (int32_t i = 0; i < n; i++) {
        const Best *best = &rows->left_best[i];
        int32_t k = best->first;
        if (matched[i] < 0 && !used[k] && rows->right_best[k].first == i && likeness(best->first_value) > 0) {
            matched[i] = k; /* each other's best; nobody else's, so that no column is used twice */
        }
        if (matched[i] >= 0) {
            fill_row(left, right, i, rows);
        }
        values[i] = matched[i] >= 0 ? rows->row[matched[i]] : 0.0f;
    }
}

int match_sentences(Side *left, Side *right, Work *work, int32_t *matched, float *values) {
    Way way;
    if (add_features(left) != 0 || add_features(right) != 0 || find_rows(left, right, work, &way.rows) != 0) {
        return -1;
    }
    way.width = ((size_t)right->sentence_count + 3) / 4;
    size_t cells = (size_t)left->sentence_count * way.width;
    way.ways = calloc(1, cells + (size_t)right->sentence_count);
    if (way.ways == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    match_rows(left, right, &way, matched, values, way.ways + cells);
    free(way.ways);
    return 0;
}

int32_t find_shared_facts(const Side *left, const Side *right, int32_t most, int32_t *tokens, uint8_t *seen) {
    int32_t count = 0;
    memset(seen, 0, (size_t)left->roots.count);
    for (int32_t i = 0; i < left->length; i++) {
        int32_t root = left->root_of[i];
        if (!left->fact[i] || seen[root]) {
            continue;
        }
        seen[root] = 1;
        int32_t there = number_of(&right->roots, left->roots.values[root]);
        if (there >= 0 && (right->kinds[there] & IS_FACT)) {
            int32_t place = count;
            while (place > 0 && left->weight[tokens[place - 1]] < left->weight[i]) {
                place--;
            }
            if (place < most) {
                count += count < most;
                memmove(tokens + place + 1, tokens + place, (size_t)(count - 1 - place) * sizeof(*tokens));
                tokens[place] = i;
            }
        }
    }
    for (int32_t i = 0; i < count; i++) {
        tokens[i] = left->position[tokens[i]];
    }
    return count;
}
