/* What sketch.c, terms.c, join.c, filter.c and shared.c have in common. */
#ifndef NEWSDEDUP_SKETCH_H
#define NEWSDEDUP_SKETCH_H

#include "kernel.h"

/* Asks for memory ahead of its use; a hint that changes nothing else. */
#if defined(__GNUC__)
#define PREFETCH(address) __builtin_prefetch(address)
#else
#define PREFETCH(address) ((void)(address))
#endif

/* MurmurHash3's finalisers, bijections; they wrap on purpose. */
static inline uint32_t mixed32(uint32_t value) {
    value ^= value >> 16;
    value *= UINT32_C(0x85EBCA6B);
    value ^= value >> 13;
    value *= UINT32_C(0xC2B2AE35);
    return value ^ (value >> 16);
}

static inline uint64_t mixed64(uint64_t value) {
    value ^= value >> 33;
    value *= UINT64_C(0xFF51AFD7ED558CCD);
    value ^= value >> 33;
    value *= UINT64_C(0xC4CEB9FE1A85EC53);
    return value ^ (value >> 33);
}

/* Both set ValueError and give 0 where a caller's arrays do not fit. */
int offsets_fit(const int64_t *offsets, Py_ssize_t count, Py_ssize_t size);
int sizes_agree(int agree);

/* The array of an argument that may be None; 1 unless it is no array of `count` items. */
int optional_array(Views *views, PyObject *object, Py_ssize_t itemsize, Py_ssize_t count, const char *name,
                   const void **data);

/* Pairs of article numbers, the smaller one in the upper half, in memory that grows. */
typedef struct {
    uint64_t *items;
    size_t count, room;
} Pairs;

int add_pair(Pairs *pairs, uint64_t left, uint64_t right);
PyObject *pairs_as_bytes(const Pairs *pairs);

/* Positions at which two signatures are equal and not empty. */
int agreeing(const uint32_t *left, const uint32_t *right, Py_ssize_t width);

#define VIEWS 3

/* Which pairs stay: the estimates of copy, of terms, or of terms and facts together are high enough; of two brief
   articles that of copy alone. */
typedef struct {
    const uint32_t *views[VIEWS]; /* copy, terms, facts; NULL for one that was not asked for */
    Py_ssize_t width;
    const uint8_t *bytes; /* the lowest byte of each value, VIEWS * width of an article */
    int least[VIEWS];     /* agreeing positions: of copy, of terms, of terms and facts together; 0 lets every pair stay */
    const uint8_t *brief; /* not 0 for an article too short for more than copies; NULL where none is */
    const uint8_t *fresh; /* not 0 for an article of which a pair must have one; NULL where all pairs count */
    const double *days;   /* NULL for no window */
    double window;
} Filter;

int stays(const Filter *filter, uint64_t left, uint64_t right);

#endif
