/* Passages that articles share; agreement of pairs; and what the files of the sketches have in common. The numpy twins
   are in sketch/lsh.py and sketch/minhash.py. */
#include "sketch.h"

#include <stdlib.h>
#include <string.h>

int offsets_fit(const int64_t *offsets, Py_ssize_t count, Py_ssize_t size) {
    int fit = count > 0 && offsets[0] >= 0 && offsets[count - 1] <= size;
    for (Py_ssize_t i = 1; i < count && fit; i++) {
        fit = offsets[i] >= offsets[i - 1];
    }
    if (!fit) {
        PyErr_SetString(PyExc_ValueError, "offsets: must rise from 0 to the number of items at most");
    }
    return fit;
}

int sizes_agree(int agree) {
    if (!agree) {
        PyErr_SetString(PyExc_ValueError, "the sizes of the arrays do not fit each other");
    }
    return agree;
}

int optional_array(Views *views, PyObject *object, Py_ssize_t itemsize, Py_ssize_t count, const char *name,
                          const void **data) {
    Py_ssize_t size;
    if (object == Py_None) {
        *data = NULL;
        return 1;
    }
    *data = array_of(views, object, itemsize, 0, name, &size);
    return *data && sizes_agree(size == count);
}

WIDE int agreeing(const uint32_t *restrict left, const uint32_t *restrict right, Py_ssize_t width) {
    int count = 0;
    for (Py_ssize_t p = 0; p < width; p++) {
        count += (left[p] == right[p]) & (left[p] != UINT32_MAX);
    }
    return count;
}

PyObject *agreements(PyObject *self, PyObject *args) {
    PyObject *objects[4], *done = NULL;
    Py_ssize_t cells, width, pairs, rights, counts;
    (void)self;
    if (!PyArg_ParseTuple(args, "OnOOO", &objects[0], &width, &objects[1], &objects[2], &objects[3])) {
        return NULL;
    }
    Views views = {.count = 0};
    const uint32_t *rows = array_of(&views, objects[0], 4, 0, "signatures", &cells);
    const int64_t *left = rows ? array_of(&views, objects[1], 8, 0, "left", &pairs) : NULL;
    const int64_t *right = left ? array_of(&views, objects[2], 8, 0, "right", &rights) : NULL;
    int32_t *out = right ? array_of(&views, objects[3], 4, 1, "counts", &counts) : NULL;
    if (out && sizes_agree(width > 0 && width < INT32_MAX && cells % width == 0 && rights == pairs && counts == pairs)) {
        const int64_t articles = cells / width;
        Py_ssize_t i = 0;
        for (; i < pairs && left[i] >= 0 && left[i] < articles && right[i] >= 0 && right[i] < articles; i++) {
            out[i] = agreeing(rows + left[i] * width, rows + right[i] * width, width);
        }
        done = sizes_agree(i == pairs) ? Py_NewRef(Py_None) : NULL;
    }
    release_all(&views);
    return done;
}

int add_pair(Pairs *pairs, uint64_t left, uint64_t right) {
    if (pairs->count == pairs->room) {
        const size_t room = pairs->room ? pairs->room + pairs->room / 2 : 1024;
        uint64_t *items = room <= SIZE_MAX / sizeof *items ? realloc(pairs->items, room * sizeof *items) : NULL;
        if (!items) {
            return 0;
        }
        pairs->items = items;
        pairs->room = room;
    }
    pairs->items[pairs->count++] = left < right ? left << 32 | right : right << 32 | left;
    return 1;
}

PyObject *pairs_as_bytes(const Pairs *pairs) {
    return PyBytes_FromStringAndSize((const char *)pairs->items, (Py_ssize_t)(pairs->count * sizeof *pairs->items));
}

#define AHEAD 12

/* The values of one part, which is told by the upper bits of a hash, and who holds them. */
typedef struct {
    const uint32_t *values;
    const uint8_t *quiet;
    const int64_t *offsets;
    const int64_t *groups;
    Py_ssize_t articles;
    int part_bits;
    uint64_t part;
    uint32_t *marks; /* two bits a slot: hit once, hit again */
    int slot_bits;
    uint64_t *held; /* value, article and quiet of those hit again */
    size_t held_count, held_room;
} Part;

static uint64_t spread(uint32_t value) {
    return (value + UINT64_C(1)) * UINT64_C(0x9E3779B97F4A7C15);
}

static int in_part(const Part *part, uint64_t scattered) {
    return !part->part_bits || scattered >> (64 - part->part_bits) == part->part;
}

static uint64_t slot_of(const Part *part, uint64_t scattered) {
    return scattered << part->part_bits >> (64 - part->slot_bits);
}

static void mark_values(Part *part) {
    const int64_t last = part->offsets[part->articles];
    memset(part->marks, 0, (size_t)1 << (part->slot_bits - 2));
    for (Py_ssize_t i = 0; i < part->articles; i++) {
        for (int64_t k = part->offsets[i]; part->groups[i] >= 0 && k < part->offsets[i + 1]; k++) {
            const uint64_t value = spread(part->values[k]);
            const int64_t ahead = k + AHEAD < last ? k + AHEAD : k;
            PREFETCH(&part->marks[slot_of(part, spread(part->values[ahead])) >> 4]);
            if (in_part(part, value)) {
                uint32_t *word = &part->marks[slot_of(part, value) >> 4];
                const int bit = (int)(slot_of(part, value) & 15) * 2;
                *word |= (UINT32_C(1) | (*word >> bit & 1) << 1) << bit;
            }
        }
    }
}

/* Whether a value's slot was hit again. */
static int again(const Part *part, uint64_t value) {
    const uint64_t slot = slot_of(part, value);
    return part->marks[slot >> 4] >> (slot & 15) * 2 >> 1 & 1;
}

static int hold(Part *part, uint64_t entry) {
    if (part->held_count == part->held_room) {
        const size_t room = part->held_room ? part->held_room + part->held_room / 2 : 4096;
        uint64_t *held = realloc(part->held, room * sizeof *held);
        if (!held) {
            return 0;
        }
        part->held = held;
        part->held_room = room;
    }
    part->held[part->held_count++] = entry;
    return 1;
}

static int collect_held(Part *part) {
    const int64_t last = part->offsets[part->articles];
    part->held_count = 0;
    for (Py_ssize_t i = 0; i < part->articles; i++) {
        for (int64_t k = part->offsets[i]; part->groups[i] >= 0 && k < part->offsets[i + 1]; k++) {
            const uint64_t value = spread(part->values[k]);
            const int64_t ahead = k + AHEAD < last ? k + AHEAD : k;
            PREFETCH(&part->marks[slot_of(part, spread(part->values[ahead])) >> 4]);
            if (in_part(part, value) && again(part, value) &&
                !hold(part, (uint64_t)part->values[k] << 32 | (uint64_t)i << 1 | (part->quiet[k] != 0))) {
                return 0;
            }
        }
    }
    return 1;
}

#define DIGIT 11

/* Sorts by the upper half, three digits of it; what was equal keeps its order. */
static int sort_held(Part *part) {
    uint64_t *other = malloc((part->held_count + 1) * sizeof *other), *from = part->held, *to = other;
    size_t starts[1 << DIGIT];
    if (!other) {
        return 0;
    }
    for (int shift = 32; shift < 64; shift += DIGIT) {
        memset(starts, 0, sizeof starts);
        for (size_t i = 0; i < part->held_count; i++) {
            starts[from[i] >> shift & ((1 << DIGIT) - 1)]++;
        }
        size_t start = 0;
        for (int digit = 0; digit < 1 << DIGIT; digit++) {
            const size_t count = starts[digit];
            starts[digit] = start;
            start += count;
        }
        for (size_t i = 0; i < part->held_count; i++) {
            to[starts[from[i] >> shift & ((1 << DIGIT) - 1)]++] = from[i];
        }
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    part->held = from; /* three passes: the sorted ones are in `other` */
    part->held_room = part->held_count + 1;
    free(to);
    return 1;
}

/* How the articles that hold one value are paired. */
typedef struct {
    Py_ssize_t max_groups; /* in more groups a value joins nobody */
    Py_ssize_t many;       /* of more holders one member of each group stands for its copies */
    uint64_t *members;     /* the first of each group, room for max_groups */
    Py_ssize_t common;     /* values that stand in too many groups */
} Joining;

static int64_t group_of(const Part *part, uint64_t entry) { return part->groups[(uint32_t)entry >> 1]; }

/* Finds the first holder of each group; gives the number of groups, one above the bound where there are more. */
static Py_ssize_t find_groups(const Part *part, const uint64_t *held, size_t count, Joining *joining) {
    Py_ssize_t groups = 0;
    for (size_t i = 0; i < count; i++) {
        Py_ssize_t g = 0;
        while (g < groups && group_of(part, joining->members[g]) != group_of(part, held[i])) {
            g++;
        }
        if (g == groups && groups == joining->max_groups) {
            return groups + 1;
        }
        if (g == groups) {
            joining->members[groups++] = held[i];
        }
    }
    return groups;
}

static int pair_holders(const Part *part, const uint64_t *held, size_t count, Pairs *pairs) {
    for (size_t later = 1; later < count; later++) {
        for (size_t earlier = 0; earlier < later; earlier++) {
            const uint64_t a = held[earlier], b = held[later];
            if (group_of(part, a) != group_of(part, b) && !(a & b & 1) &&
                !add_pair(pairs, (uint32_t)a >> 1, (uint32_t)b >> 1)) {
                return 0;
            }
        }
    }
    return 1;
}

static int join_values(const Part *part, Joining *joining, Pairs *pairs) {
    size_t end;
    for (size_t start = 0; start < part->held_count; start = end) {
        for (end = start + 1; end < part->held_count && part->held[end] >> 32 == part->held[start] >> 32;) {
            end++;
        }
        const uint64_t *held = part->held + start;
        const Py_ssize_t groups = end - start > 1 ? find_groups(part, held, end - start, joining) : 1;
        joining->common += groups > joining->max_groups;
        if (groups < 2 || groups > joining->max_groups) {
            continue;
        }
        const int many = end - start > (size_t)joining->many;
        if (!pair_holders(part, many ? joining->members : held, many ? (size_t)groups : end - start, pairs)) {
            return 0;
        }
    }
    return 1;
}

#define PART_VALUES (1 << 22) /* in one part, so that its marks stay in cache: 8 MB */

static int join_parts(Part *part, Joining *joining, Pairs *pairs) {
    uint64_t total = (uint64_t)(part->offsets[part->articles] - part->offsets[0]);
    while (total >> part->part_bits > PART_VALUES) {
        part->part_bits++;
    }
    part->slot_bits = 6;
    while (part->slot_bits < 25 && UINT64_C(1) << part->slot_bits < 8 * total) {
        part->slot_bits++;
    }
    part->marks = malloc((size_t)1 << (part->slot_bits - 2));
    joining->members = malloc(((size_t)joining->max_groups + 1) * sizeof *joining->members);
    int done = part->marks && joining->members;
    for (; done && part->part < UINT64_C(1) << part->part_bits; part->part++) {
        mark_values(part);
        done = collect_held(part) && sort_held(part) && join_values(part, joining, pairs);
    }
    free(part->marks);
    free(part->held);
    free(joining->members);
    return done;
}

PyObject *shared_values(PyObject *self, PyObject *args) {
    PyObject *objects[4], *done = NULL;
    Py_ssize_t values, quiet, bounds;
    Part part;
    Joining joining = {0, 0, NULL, 0};
    Pairs pairs = {NULL, 0, 0};
    (void)self;
    memset(&part, 0, sizeof part);
    if (!PyArg_ParseTuple(args, "OOOOnn", &objects[0], &objects[1], &objects[2], &objects[3], &joining.max_groups,
                          &joining.many)) {
        return NULL;
    }
    Views views = {.count = 0};
    if ((part.values = array_of(&views, objects[0], 4, 0, "values", &values)) &&
        (part.offsets = array_of(&views, objects[1], 8, 0, "offsets", &bounds)) &&
        (part.groups = array_of(&views, objects[2], 8, 0, "groups", &part.articles)) &&
        (part.quiet = array_of(&views, objects[3], 1, 0, "quiet", &quiet)) &&
        offsets_fit(part.offsets, bounds, values) &&
        sizes_agree(quiet == values && part.articles == bounds - 1 && part.articles < INT32_MAX &&
                    joining.max_groups > 0 && joining.max_groups < INT32_MAX && joining.many >= 0)) {
        if (join_parts(&part, &joining, &pairs)) {
            PyObject *bytes = pairs_as_bytes(&pairs);
            done = bytes ? Py_BuildValue("Nn", bytes, joining.common) : NULL;
        } else {
            PyErr_NoMemory();
        }
    }
    free(pairs.items);
    release_all(&views);
    return done;
}
