/* Locality-sensitive hashing: band after band, articles that share a key, paired and filtered on the spot, so that
   memory grows with the pairs that stay. The numpy twin is in sketch/lsh.py. */
#include "sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEP UINT64_C(0x9E3779B97F4A7C15)
#define WAITING 16
#define AHEAD 12
#define BLOCK 8 /* bands whose keys are made at once: neighbours lie in one cache line of a signature */

/* The pairs that stay, each once: open addressing, at most half full; 0 is no pair. */
typedef struct {
    uint64_t *places;
    uint64_t mask;
    uint64_t count;
    uint64_t waiting[WAITING]; /* pairs to be decided, so that what they need can be fetched in the meantime */
    int waits;
} Kept;

static uint64_t *place_of(const Kept *kept, uint64_t pair) {
    uint64_t place = mixed64(pair) & kept->mask;
    while (kept->places[place] && kept->places[place] != pair) {
        place = (place + 1) & kept->mask;
    }
    return &kept->places[place];
}

static int grow(Kept *kept) {
    Kept larger = {calloc(2 * ((size_t)kept->mask + 1), sizeof *larger.places), 2 * kept->mask + 1, kept->count, {0}, 0};
    if (!larger.places) {
        return 0;
    }
    for (uint64_t i = 0; i <= kept->mask; i++) {
        if (kept->places[i]) {
            *place_of(&larger, kept->places[i]) = kept->places[i];
        }
    }
    free(kept->places);
    kept->places = larger.places;
    kept->mask = larger.mask;
    return 1;
}

/* Decides the pairs that wait; 0 where memory ran out. */
static int decide(const Filter *filter, Kept *kept) {
    for (int i = 0; i < kept->waits; i++) {
        const uint64_t pair = kept->waiting[i], left = pair >> 32, right = pair & UINT32_MAX;
        uint64_t *place = place_of(kept, pair);
        if (*place || !stays(filter, left, right)) {
            continue;
        }
        *place = pair;
        if (2 * ++kept->count > kept->mask && !grow(kept)) {
            return 0;
        }
    }
    kept->waits = 0;
    return 1;
}

/* Takes a pair, left below right; 0 where memory ran out. */
static int offer(const Filter *filter, Kept *kept, uint64_t left, uint64_t right) {
    if (filter->fresh && !filter->fresh[left] && !filter->fresh[right]) {
        return 1;
    }
    if (filter->days && fabs(filter->days[left] - filter->days[right]) > filter->window) {
        return 1; /* an unknown day is far from none */
    }
    const uint64_t pair = left << 32 | right; /* never 0 */
    const size_t each = VIEWS * (size_t)filter->width;
    PREFETCH(&kept->places[mixed64(pair) & kept->mask]);
    for (size_t line = 0; filter->bytes && line < each; line += 64) {
        PREFETCH(filter->bytes + left * each + line);
        PREFETCH(filter->bytes + right * each + line);
    }
    kept->waiting[kept->waits++] = pair;
    return kept->waits < WAITING || decide(filter, kept);
}

/* One band: keys of the members, and what is needed to find those that are equal. */
typedef struct {
    const int64_t *members;
    uint32_t count;
    const uint64_t *keys;
    uint32_t *marks; /* two bits for each of 2 ** slot_bits slots: hit once, hit again */
    int slot_bits;
    uint32_t *shared; /* members whose slot was hit again */
    uint32_t shared_count;
    uint32_t *group;   /* number of the bucket of each of `shared` */
    uint32_t *heads;   /* hash table of buckets, number plus 1 */
    uint32_t *first;   /* of each bucket one member; then where its members begin */
    uint32_t *size;    /* members of each bucket */
    uint32_t *ordered; /* articles bucket by bucket, the smallest first */
} Band;

static uint64_t scattered(uint64_t key) {
    return (key ^ key >> 32) * UINT64_C(0xFF51AFD7ED558CCD); /* the upper bits are the good ones */
}

/* Most articles share a key with nobody: a table of two bits a slot, small enough for the cache, tells who may. */
static void find_shared(Band *band) {
    const int shift = 64 - band->slot_bits;
    memset(band->marks, 0, (size_t)1 << (band->slot_bits - 2));
    for (uint32_t i = 0; i < band->count; i++) {
        const uint64_t slot = scattered(band->keys[i]) >> shift;
        uint32_t *word = &band->marks[slot >> 4];
        const int bit = (int)(slot & 15) * 2;
        *word |= (UINT32_C(1) | (*word >> bit & 1) << 1) << bit;
    }
    uint32_t found = 0;
    for (uint32_t i = 0; i < band->count; i++) {
        const uint64_t slot = scattered(band->keys[i]) >> shift;
        band->shared[found] = i;
        found += band->marks[slot >> 4] >> (slot & 15) * 2 >> 1 & 1;
    }
    band->shared_count = found;
}

/* Puts equal keys together; gives the number of buckets. */
static uint32_t group_shared(Band *band) {
    int bits = 2;
    while ((UINT64_C(1) << bits) < 2 * (uint64_t)band->shared_count) {
        bits++;
    }
    const uint64_t mask = (UINT64_C(1) << bits) - 1;
    memset(band->heads, 0, ((size_t)mask + 1) * sizeof *band->heads);
    uint32_t groups = 0;
    for (uint32_t i = 0; i < band->shared_count; i++) {
        const uint64_t key = band->keys[band->shared[i]];
        uint64_t slot = scattered(key) >> (64 - bits);
        while (band->heads[slot] && band->keys[band->first[band->heads[slot] - 1]] != key) {
            slot = (slot + 1) & mask;
        }
        if (!band->heads[slot]) {
            band->first[groups] = band->shared[i];
            band->size[groups] = 0;
            band->heads[slot] = ++groups;
        }
        band->group[i] = band->heads[slot] - 1;
        band->size[band->group[i]]++;
    }
    uint32_t start = 0;
    for (uint32_t g = 0; g < groups; g++) {
        band->first[g] = start;
        start += band->size[g];
    }
    for (uint32_t i = 0; i < band->shared_count; i++) {
        /* afterwards `first` is where each ends */
        band->ordered[band->first[band->group[i]]++] = (uint32_t)band->members[band->shared[i]];
    }
    return groups;
}

/* All pairs of a bucket of up to `cap` members, a star on the smallest ones of a larger one. */
static int pair_bucket(const Band *band, uint32_t group, uint32_t anchors, const Filter *filter, Kept *kept) {
    const uint32_t size = band->size[group];
    const uint32_t *own = band->ordered + (band->first[group] - size);
    for (uint32_t later = 1; later < size; later++) {
        const uint32_t partners = later < anchors ? later : anchors;
        for (uint32_t earlier = 0; earlier < partners; earlier++) {
            if (!offer(filter, kept, own[earlier], own[later])) {
                return 0;
            }
        }
    }
    return 1;
}

/* Whether a bucket gives pairs at all. */
static int has_fresh(const Band *band, uint32_t group, const Filter *filter) {
    const uint32_t *own = band->ordered + (band->first[group] - band->size[group]);
    int found = !filter->fresh;
    for (uint32_t i = 0; i < band->size[group] && !found; i++) {
        found = filter->fresh[own[i]];
    }
    return found;
}

static int join_band(Band *band, Py_ssize_t cap, uint32_t anchors, const Filter *filter, Kept *kept, Py_ssize_t *capped) {
    find_shared(band);
    const uint32_t groups = group_shared(band);
    for (uint32_t g = 0; g < groups; g++) {
        const int over = (Py_ssize_t)band->size[g] > cap;
        if (over && !has_fresh(band, g, filter)) {
            continue;
        }
        *capped += over;
        if (!pair_bucket(band, g, over ? anchors : UINT32_MAX, filter, kept)) {
            return 0;
        }
    }
    return 1;
}

/* What a view is joined by. */
typedef struct {
    const uint32_t *signatures;
    const int32_t *columns; /* bands * rows */
    Py_ssize_t bands, rows, cap, anchors, room;
} Plan;

/* Keys of some bands, `keys[band * count + member]`; two members share a key where they share all rows of a band. */
static void make_keys(const Plan *plan, const Filter *filter, const Band *band, Py_ssize_t from, Py_ssize_t bands,
                      uint64_t *keys) {
    for (uint32_t i = 0; i < band->count; i++) {
        const uint32_t *values = plan->signatures + (size_t)band->members[i] * (size_t)filter->width;
        const int32_t *column = plan->columns + from * plan->rows;
        const uint32_t ahead = i + AHEAD < band->count ? i + AHEAD : i;
        for (Py_ssize_t b = 0; b < bands; b++) {
            PREFETCH(plan->signatures + (size_t)band->members[ahead] * (size_t)filter->width + column[b * plan->rows]);
        }
        for (Py_ssize_t b = 0; b < bands; b++) {
            uint64_t key = 0; /* wraps mod 2**64 on purpose */
            for (Py_ssize_t r = 0; r < plan->rows; r++) {
                key = key * STEP + values[*column++] + 1;
            }
            keys[(size_t)b * band->count + i] = key;
        }
    }
}

/* Joins bands until all are, or until more pairs stayed than there is room for; `joined` counts them. */
static int join_all(const Plan *plan, const Filter *filter, Band *band, uint64_t *keys, Kept *kept, Py_ssize_t *capped,
                    Py_ssize_t *joined) {
    while (*joined < plan->bands && kept->count <= (uint64_t)plan->room) {
        const Py_ssize_t rest = plan->bands - *joined, bands = rest < BLOCK ? rest : BLOCK;
        make_keys(plan, filter, band, *joined, bands, keys);
        for (Py_ssize_t b = 0; b < bands && kept->count <= (uint64_t)plan->room; b++, ++*joined) {
            band->keys = keys + (size_t)b * band->count;
            if (!join_band(band, plan->cap, (uint32_t)plan->anchors, filter, kept, capped)) {
                return 0;
            }
        }
    }
    return decide(filter, kept);
}

static int bits_for(uint64_t count) {
    int bits = 6;
    while ((UINT64_C(1) << bits) < count) {
        bits++;
    }
    return bits;
}

/* Makes room for a join; 1 where it succeeded. Whatever happened, `leave` gives it back. */
static int enter(Band *band, Kept *kept, uint64_t **keys) {
    const size_t count = (size_t)band->count + 1;
    band->slot_bits = bits_for(8 * (uint64_t)count);
    kept->mask = 1023;
    kept->places = calloc((size_t)kept->mask + 1, sizeof *kept->places);
    *keys = malloc(count * BLOCK * sizeof **keys);
    band->marks = malloc((size_t)1 << (band->slot_bits - 2));
    band->shared = malloc(count * sizeof *band->shared);
    band->group = malloc(count * sizeof *band->group);
    band->heads = malloc(((size_t)1 << bits_for(2 * (uint64_t)count)) * sizeof *band->heads);
    band->first = malloc(count * sizeof *band->first);
    band->size = malloc(count * sizeof *band->size);
    band->ordered = malloc(count * sizeof *band->ordered);
    return kept->places && *keys && band->marks && band->shared && band->group && band->heads && band->first &&
           band->size && band->ordered;
}

static void leave(Band *band, Kept *kept, uint64_t *keys) {
    free(kept->places);
    free(keys);
    free(band->marks);
    free(band->shared);
    free(band->group);
    free(band->heads);
    free(band->first);
    free(band->size);
    free(band->ordered);
}

static int rising_below(const int64_t *members, Py_ssize_t count, Py_ssize_t articles) {
    int fit = count < INT32_MAX && articles <= UINT32_MAX;
    for (Py_ssize_t i = 0; i < count && fit; i++) {
        fit = members[i] >= 0 && members[i] < articles && (i == 0 || members[i] > members[i - 1]);
    }
    return sizes_agree(fit);
}

static int columns_below(const int32_t *columns, Py_ssize_t count, Py_ssize_t width) {
    int fit = 1;
    for (Py_ssize_t i = 0; i < count && fit; i++) {
        fit = columns[i] >= 0 && columns[i] < width;
    }
    return sizes_agree(fit);
}

/* The pairs that stayed, in no order. */
static PyObject *as_bytes(Kept *kept) {
    uint64_t count = 0;
    for (uint64_t i = 0; i <= kept->mask; i++) {
        if (kept->places[i]) {
            kept->places[count++] = kept->places[i];
        }
    }
    return PyBytes_FromStringAndSize((const char *)kept->places, (Py_ssize_t)(count * sizeof *kept->places));
}

PyObject *band_pairs(PyObject *self, PyObject *args) {
    PyObject *signatures, *members, *columns, *sketches[VIEWS], *bytes, *brief, *fresh, *days, *done = NULL;
    Py_ssize_t cells, count, columned, capped = 0, joined = 0;
    Plan plan;
    Filter filter;
    Band band;
    Kept kept;
    (void)self;
    memset(&plan, 0, sizeof plan);
    memset(&filter, 0, sizeof filter);
    memset(&band, 0, sizeof band);
    memset(&kept, 0, sizeof kept);
    if (!PyArg_ParseTuple(args, "OnOOnnnn(OOO)O(iii)OOOd", &signatures, &filter.width, &members, &columns, &plan.rows,
                          &plan.cap, &plan.anchors, &plan.room, &sketches[0], &sketches[1], &sketches[2],
                          &bytes, &filter.least[0], &filter.least[1], &filter.least[2], &brief, &fresh, &days,
                          &filter.window)) {
        return NULL;
    }
    Views views = {.count = 0};
    const void *data[VIEWS + 4] = {NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    if ((plan.signatures = array_of(&views, signatures, 4, 0, "signatures", &cells)) &&
        (band.members = array_of(&views, members, 8, 0, "members", &count)) &&
        (plan.columns = array_of(&views, columns, 4, 0, "columns", &columned)) &&
        sizes_agree(filter.width > 0 && cells % filter.width == 0 && plan.rows > 0 && columned % plan.rows == 0 &&
                    plan.anchors > 0 && plan.anchors < INT32_MAX && plan.room >= 0) &&
        rising_below(band.members, count, cells / filter.width) &&
        columns_below(plan.columns, columned, filter.width) &&
        optional_array(&views, sketches[0], 4, cells, "copy", &data[0]) &&
        optional_array(&views, sketches[1], 4, cells, "terms", &data[1]) &&
        optional_array(&views, sketches[2], 4, cells, "facts", &data[2]) &&
        optional_array(&views, bytes, 1, VIEWS * cells, "bytes", &data[3]) &&
        optional_array(&views, days, 8, cells / filter.width, "days", &data[4]) &&
        optional_array(&views, brief, 1, cells / filter.width, "brief", &data[5]) &&
        optional_array(&views, fresh, 1, cells / filter.width, "fresh", &data[6]) &&
        sizes_agree(data[3] || filter.least[0] <= 0)) {
        for (int v = 0; v < VIEWS; v++) {
            filter.views[v] = data[v];
        }
        filter.bytes = data[3];
        filter.days = data[4];
        filter.brief = data[5];
        filter.fresh = data[6];
        plan.bands = columned / plan.rows;
        band.count = (uint32_t)count;
        uint64_t *keys = NULL;
        if (enter(&band, &kept, &keys) && join_all(&plan, &filter, &band, keys, &kept, &capped, &joined)) {
            PyObject *found = as_bytes(&kept);
            done = found ? Py_BuildValue("Nnn", found, capped, joined) : NULL;
        } else {
            PyErr_NoMemory();
        }
        leave(&band, &kept, keys);
    }
    release_all(&views);
    return done;
}
