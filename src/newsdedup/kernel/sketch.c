/* Sketches: shingles, MinHash signatures and passages of many articles, one article at a time so that it stays in
   cache. The numpy twins are in sketch/minhash.py and sketch/views.py. */
#include "sketch.h"

#include <stdlib.h>
#include <string.h>

#define STEP UINT64_C(0x9E3779B97F4A7C15) /* of Horner's scheme; products and sums wrap mod 2**64 on purpose */
#define BLOCK 64                          /* hashes made before they meet the positions; a multiple of 8 */

/* The shingles of one article, in text order. */
typedef struct {
    const uint32_t *tokens;
    Py_ssize_t size;  /* tokens in a shingle: fewer than asked for in an article that is shorter */
    Py_ssize_t count; /* shingles; 0 for an article without tokens */
    Py_ssize_t next;
    uint64_t weight; /* STEP ** (size - 1), what the first token of a shingle is multiplied by */
    uint64_t value;
} Shingles;

static Shingles shingles_of(const uint32_t *tokens, Py_ssize_t length, Py_ssize_t size) {
    Shingles all = {tokens, length < size ? length : size, 0, 0, 1, 0};
    all.count = length ? length - all.size + 1 : 0;
    for (Py_ssize_t i = 1; i < all.size; i++) {
        all.weight *= STEP;
    }
    for (Py_ssize_t i = 0; i < all.size; i++) {
        all.value = all.value * STEP + tokens[i] + 1;
    }
    return all;
}

static uint32_t next_shingle(Shingles *all) {
    uint64_t value = all->value;
    const uint32_t *first = all->tokens + all->next++;
    if (all->next < all->count) {
        all->value = (value - (first[0] + UINT64_C(1)) * all->weight) * STEP + first[all->size] + 1;
    }
    return (uint32_t)(mixed64(value) >> 32);
}

/* Lowers each position to the least of a * h + b mod 2**32 over the hashes, whose number is a multiple of 8: each
   position is read and written once for eight of them. */
WIDE static void lower(uint32_t *restrict least, const uint32_t *restrict a, const uint32_t *restrict b,
                       Py_ssize_t positions, const uint32_t *restrict hashes, Py_ssize_t count) {
    for (Py_ssize_t i = 0; i < count; i += 8) {
        const uint32_t h0 = hashes[i], h1 = hashes[i + 1], h2 = hashes[i + 2], h3 = hashes[i + 3];
        const uint32_t h4 = hashes[i + 4], h5 = hashes[i + 5], h6 = hashes[i + 6], h7 = hashes[i + 7];
        for (Py_ssize_t p = 0; p < positions; p++) {
            const uint32_t x = a[p], y = b[p];
            const uint32_t v0 = x * h0 + y, v1 = x * h1 + y, v2 = x * h2 + y, v3 = x * h3 + y;
            const uint32_t v4 = x * h4 + y, v5 = x * h5 + y, v6 = x * h6 + y, v7 = x * h7 + y;
            const uint32_t m0 = v0 < v1 ? v0 : v1, m1 = v2 < v3 ? v2 : v3;
            const uint32_t m2 = v4 < v5 ? v4 : v5, m3 = v6 < v7 ? v6 : v7;
            const uint32_t n0 = m0 < m1 ? m0 : m1, n1 = m2 < m3 ? m2 : m3;
            const uint32_t n = n0 < n1 ? n0 : n1;
            least[p] = n < least[p] ? n : least[p];
        }
    }
}

static void sign_shingles(Shingles *all, const uint32_t *a, const uint32_t *b, Py_ssize_t positions, uint32_t *row) {
    uint32_t hashes[BLOCK];
    while (all->next < all->count) {
        Py_ssize_t filled = 0;
        while (filled < BLOCK && all->next < all->count) {
            hashes[filled++] = mixed32(next_shingle(all));
        }
        for (; filled % 8; filled++) {
            hashes[filled] = hashes[filled - 1]; /* a repeat lowers nothing */
        }
        lower(row, a, b, positions, hashes, filled);
    }
}

PyObject *shingle_signatures(PyObject *self, PyObject *args) {
    PyObject *objects[5], *done = NULL;
    Py_ssize_t size, tokens, bounds, positions, addends, cells;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOnOOO", &objects[0], &objects[1], &size, &objects[2], &objects[3], &objects[4])) {
        return NULL;
    }
    Views views = {.count = 0};
    const uint32_t *surface = array_of(&views, objects[0], 4, 0, "tokens", &tokens);
    const int64_t *offsets = surface ? array_of(&views, objects[1], 8, 0, "offsets", &bounds) : NULL;
    const uint32_t *a = offsets ? array_of(&views, objects[2], 4, 0, "multipliers", &positions) : NULL;
    const uint32_t *b = a ? array_of(&views, objects[3], 4, 0, "addends", &addends) : NULL;
    uint32_t *out = b ? array_of(&views, objects[4], 4, 1, "out", &cells) : NULL;
    if (out && offsets_fit(offsets, bounds, tokens) &&
        sizes_agree(size > 0 && positions > 0 && addends == positions && cells % positions == 0 &&
                    cells / positions == bounds - 1)) {
        memset(out, 0xFF, (size_t)cells * 4);
        for (Py_ssize_t i = 0; i + 1 < bounds; i++) {
            Shingles all = shingles_of(surface + offsets[i], (Py_ssize_t)(offsets[i + 1] - offsets[i]), size);
            sign_shingles(&all, a, b, positions, out + i * positions);
        }
        done = Py_NewRef(Py_None);
    }
    release_all(&views);
    return done;
}

static int ascending(const void *left, const void *right) {
    const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

#define FEW 80 /* an article of 640 words keeps so many of its shingles */

static void sort_values(uint64_t *values, Py_ssize_t count) {
    if (count > FEW) {
        qsort(values, (size_t)count, sizeof *values, ascending);
        return;
    }
    for (Py_ssize_t i = 1; i < count; i++) {
        const uint64_t value = values[i];
        Py_ssize_t at = i;
        for (; at > 0 && values[at - 1] > value; at--) {
            values[at] = values[at - 1];
        }
        values[at] = value;
    }
}

/* Keeps the shingle hashes below `limit` of one article, as hash * 2 + quoted, sorted; gives their number. */
static Py_ssize_t keep_shingles(Shingles *all, const uint8_t *quoted, uint32_t limit, uint64_t *kept) {
    Py_ssize_t count = 0;
    while (all->next < all->count) {
        const uint8_t mark = quoted[all->next];
        const uint32_t hash = next_shingle(all);
        kept[count] = (uint64_t)hash << 1 | (mark != 0);
        count += hash < limit; /* without a branch: one in eight is kept, and no processor guesses which */
    }
    sort_values(kept, count);
    return count;
}

typedef struct {
    const uint32_t *surface;
    const uint8_t *quoted;
    const int64_t *offsets;
    Py_ssize_t bounds;
    uint32_t *values;
    uint8_t *marks;
    int64_t *ends; /* shape of `offsets` */
    uint64_t *kept;
} Passages;

static void find_passages(const Passages *job, Py_ssize_t size, uint32_t limit) {
    int64_t found = 0;
    job->ends[0] = 0;
    for (Py_ssize_t i = 0; i + 1 < job->bounds; i++) {
        const int64_t first = job->offsets[i];
        Shingles all = shingles_of(job->surface + first, (Py_ssize_t)(job->offsets[i + 1] - first), size);
        const Py_ssize_t count = keep_shingles(&all, job->quoted + first, limit, job->kept);
        for (Py_ssize_t k = 0; k < count; k++) {
            /* Of a shingle that stands there twice the first, outside of quotation marks where one of them is. */
            if (k == 0 || job->kept[k] >> 1 != job->kept[k - 1] >> 1) {
                job->values[found] = (uint32_t)(job->kept[k] >> 1);
                job->marks[found++] = job->kept[k] & 1;
            }
        }
        job->ends[i + 1] = found;
    }
}

static Py_ssize_t longest(const int64_t *offsets, Py_ssize_t bounds) {
    int64_t most = 0;
    for (Py_ssize_t i = 1; i < bounds; i++) {
        most = offsets[i] - offsets[i - 1] > most ? offsets[i] - offsets[i - 1] : most;
    }
    return (Py_ssize_t)most;
}

PyObject *passages(PyObject *self, PyObject *args) {
    PyObject *objects[6], *done = NULL;
    Py_ssize_t size, tokens, marked, room, rooms, ends;
    unsigned long limit;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOnkOOO", &objects[0], &objects[1], &objects[2], &size, &limit, &objects[3],
                          &objects[4], &objects[5])) {
        return NULL;
    }
    Views views = {.count = 0};
    Passages job = {NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL};
    if ((job.surface = array_of(&views, objects[0], 4, 0, "tokens", &tokens)) &&
        (job.quoted = array_of(&views, objects[1], 1, 0, "quoted", &marked)) &&
        (job.offsets = array_of(&views, objects[2], 8, 0, "offsets", &job.bounds)) &&
        (job.values = array_of(&views, objects[3], 4, 1, "values", &room)) &&
        (job.marks = array_of(&views, objects[4], 1, 1, "marks", &rooms)) &&
        (job.ends = array_of(&views, objects[5], 8, 1, "ends", &ends)) &&
        offsets_fit(job.offsets, job.bounds, tokens) &&
        sizes_agree(size > 0 && limit <= UINT32_MAX && marked == tokens && room >= tokens && rooms >= tokens &&
                    ends == job.bounds)) {
        job.kept = malloc(((size_t)longest(job.offsets, job.bounds) + 1) * sizeof *job.kept);
        if (job.kept) {
            find_passages(&job, size, (uint32_t)limit);
            done = Py_NewRef(Py_None);
        } else {
            PyErr_NoMemory();
        }
        free(job.kept);
    }
    release_all(&views);
    return done;
}
