/* Weighted MinHash: a table of the terms seen so far, a row of exponentials for each, and the least of the rows of an
   article. The logarithms are numpy's. The numpy twin is in sketch/minhash.py. */
#include "sketch.h"

#include <stdlib.h>
#include <string.h>

/* Uniform numbers between 0 and 1 for each term and position; dividing by a power of two is exact. */
WIDE static void term_uniforms(const uint32_t *restrict a, const uint32_t *restrict b, Py_ssize_t positions,
                               uint32_t term, double *restrict out) {
    for (Py_ssize_t p = 0; p < positions; p++) {
        uint32_t value = a[p] * term + b[p]; /* wraps mod 2**32 on purpose */
        value ^= value >> 16;
        value *= UINT32_C(0x85EBCA6B);
        value ^= value >> 13;
        value *= UINT32_C(0xC2B2AE35);
        value ^= value >> 16;
        out[p] = ((double)value + 0.5) * (1.0 / 4294967296.0);
    }
}

PyObject *uniforms(PyObject *self, PyObject *args) {
    PyObject *objects[4], *done = NULL;
    Py_ssize_t count, positions, addends, cells;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOO", &objects[0], &objects[1], &objects[2], &objects[3])) {
        return NULL;
    }
    Views views = {.count = 0};
    const uint32_t *terms = array_of(&views, objects[0], 4, 0, "terms", &count);
    const uint32_t *a = terms ? array_of(&views, objects[1], 4, 0, "multipliers", &positions) : NULL;
    const uint32_t *b = a ? array_of(&views, objects[2], 4, 0, "addends", &addends) : NULL;
    double *out = b ? array_of(&views, objects[3], 8, 1, "out", &cells) : NULL;
    if (out && sizes_agree(positions > 0 && addends == positions && cells % positions == 0 &&
                           cells / positions == count)) {
        for (Py_ssize_t i = 0; i < count; i++) {
            term_uniforms(a, b, positions, mixed32(terms[i]), out + i * positions);
        }
        done = Py_NewRef(Py_None);
    }
    release_all(&views);
    return done;
}

/* A table of terms, each with the bits of a weight: open addressing, a slot holds the number of its row plus 1. */
typedef struct {
    uint64_t *keys;
    Py_ssize_t room;
    uint32_t *slots;
    uint64_t mask;
    Py_ssize_t known;
} Rows;

/* Row of a key, made where it is new; -1 where there is no room for it. */
static int64_t row_of(Rows *rows, uint64_t key) {
    uint64_t slot = mixed64(key) & rows->mask, seen = 0;
    for (; rows->slots[slot]; slot = (slot + 1) & rows->mask) {
        const uint32_t row = rows->slots[slot] - 1;
        if (row >= rows->known || seen++ > rows->mask) {
            return -1; /* not a table that this function filled */
        }
        if (rows->keys[row] == key) {
            return row;
        }
    }
    if (rows->known == rows->room) {
        return -1;
    }
    rows->keys[rows->known] = key;
    rows->slots[slot] = (uint32_t)++rows->known;
    return rows->known - 1;
}

PyObject *place_terms(PyObject *self, PyObject *args) {
    PyObject *objects[5], *done = NULL;
    Py_ssize_t start, count, weighed, slots, places;
    Rows rows = {NULL, 0, NULL, 0, 0};
    (void)self;
    if (!PyArg_ParseTuple(args, "OOnOOnO", &objects[0], &objects[1], &start, &objects[2], &objects[3], &rows.known,
                          &objects[4])) {
        return NULL;
    }
    Views views = {.count = 0};
    const uint32_t *terms = array_of(&views, objects[0], 4, 0, "terms", &count);
    const uint32_t *bits = terms ? array_of(&views, objects[1], 4, 0, "weights", &weighed) : NULL;
    rows.keys = bits ? array_of(&views, objects[2], 8, 1, "keys", &rows.room) : NULL;
    rows.slots = rows.keys ? array_of(&views, objects[3], 4, 1, "slots", &slots) : NULL;
    uint32_t *out = rows.slots ? array_of(&views, objects[4], 4, 1, "places", &places) : NULL;
    /* More slots than rows, so that a search comes to an empty one. */
    if (out && sizes_agree(start >= 0 && start <= count && weighed == count && places == count && slots > rows.room &&
                           (slots & (slots - 1)) == 0 && (uint64_t)slots <= UINT32_MAX && rows.known >= 0 &&
                           rows.known <= rows.room)) {
        rows.mask = (uint64_t)slots - 1;
        Py_ssize_t i = start;
        for (; i < count; i++) {
            const int64_t row = row_of(&rows, (uint64_t)terms[i] << 32 | bits[i]);
            if (row < 0) {
                break;
            }
            out[i] = (uint32_t)row;
        }
        done = Py_BuildValue("nn", i, rows.known);
    }
    release_all(&views);
    return done;
}

/* Lowers each position to the least of its own and a row's. Floats that are not negative sort as their bits do. */
WIDE static void lower_to(uint32_t *restrict least, const uint32_t *restrict row, Py_ssize_t positions) {
    for (Py_ssize_t p = 0; p < positions; p++) {
        least[p] = row[p] < least[p] ? row[p] : least[p];
    }
}

typedef struct {
    const uint32_t *places;
    const int64_t *offsets;
    Py_ssize_t bounds, from, until;
    const uint32_t *table;
    Py_ssize_t rows, positions;
    uint32_t *out;
} Minima;

static int lower_articles(const Minima *job, uint32_t *last) {
    for (Py_ssize_t i = 0; i + 1 < job->bounds; i++) {
        const int64_t first = job->offsets[i] > job->from ? job->offsets[i] : job->from;
        const int64_t end = job->offsets[i + 1] < job->until ? job->offsets[i + 1] : job->until;
        for (int64_t k = first; k < end; k++) {
            const uint32_t row = job->places[k];
            if (row >= (size_t)job->rows) {
                return 0;
            }
            if (last[row] != (uint32_t)i + 1) { /* said again it lowers nothing */
                last[row] = (uint32_t)i + 1;
                lower_to(job->out + i * job->positions, job->table + (size_t)row * (size_t)job->positions,
                         job->positions);
            }
        }
    }
    return 1;
}

PyObject *lower_rows(PyObject *self, PyObject *args) {
    PyObject *objects[4], *done = NULL;
    Py_ssize_t count, cells, filled;
    Minima job;
    (void)self;
    memset(&job, 0, sizeof job);
    if (!PyArg_ParseTuple(args, "OOnnOnO", &objects[0], &objects[1], &job.from, &job.until, &objects[2], &job.positions,
                          &objects[3])) {
        return NULL;
    }
    Views views = {.count = 0};
    if ((job.places = array_of(&views, objects[0], 4, 0, "places", &count)) &&
        (job.offsets = array_of(&views, objects[1], 8, 0, "offsets", &job.bounds)) &&
        (job.table = array_of(&views, objects[2], 4, 0, "table", &cells)) &&
        (job.out = array_of(&views, objects[3], 4, 1, "out", &filled)) && offsets_fit(job.offsets, job.bounds, count) &&
        sizes_agree(job.from >= 0 && job.until <= count && job.positions > 0 && cells % job.positions == 0 &&
                    filled % job.positions == 0 && filled / job.positions == job.bounds - 1 &&
                    (uint64_t)job.bounds < UINT32_MAX)) {
        job.rows = cells / job.positions;
        uint32_t *last = calloc((size_t)job.rows + 1, sizeof *last);
        if (!last) {
            PyErr_NoMemory();
        } else if (!lower_articles(&job, last)) {
            PyErr_SetString(PyExc_ValueError, "places: there is no such row");
        } else {
            done = Py_NewRef(Py_None);
        }
        free(last);
    }
    release_all(&views);
    return done;
}
