/* Which pairs of articles their signatures do not rule out. The numpy twin is PairFilter in sketch/lsh.py. */
#include "sketch.h"

#define LANES 32

/* Equal bytes: 32 sums of a byte each, then added up within a word, as long as no sum can pass 255. */
WIDE static int equal_bytes(const uint8_t *restrict left, const uint8_t *restrict right, Py_ssize_t width) {
    uint64_t count = 0;
    Py_ssize_t p = 0;
    for (; p + 4 * LANES <= width; p += 4 * LANES) {
        uint8_t lanes[LANES] = {0};
        uint64_t words[LANES / 8];
        for (int k = 0; k < 4; k++) {
            for (int lane = 0; lane < LANES; lane++) {
                lanes[lane] += left[p + k * LANES + lane] == right[p + k * LANES + lane];
            }
        }
        memcpy(words, lanes, sizeof lanes);
        count += (words[0] + words[1] + words[2] + words[3]) * UINT64_C(0x0101010101010101) >> 56;
    }
    for (; p < width; p++) {
        count += left[p] == right[p];
    }
    return (int)count;
}

static int view_agreeing(const Filter *filter, int view, uint64_t left, uint64_t right) {
    const uint32_t *rows = filter->views[view];
    const size_t width = (size_t)filter->width;
    return rows ? agreeing(rows + left * width, rows + right * width, filter->width) : 0;
}

static int view_bytes(const Filter *filter, int view, uint64_t left, uint64_t right) {
    const uint8_t *bytes = filter->bytes + (size_t)view * (size_t)filter->width;
    const size_t each = VIEWS * (size_t)filter->width;
    return filter->views[view] ? equal_bytes(bytes + left * each, bytes + right * each, filter->width) : 0;
}

/* Whether a pair reaches what it must by `count`, which looks at a view only where the others were not enough. */
static int reaches(const Filter *filter, int (*count)(const Filter *, int, uint64_t, uint64_t), uint64_t left,
                   uint64_t right) {
    if (filter->brief && filter->brief[left] && filter->brief[right]) {
        return count(filter, 0, left, right) >= filter->least[0];
    }
    const int terms = count(filter, 1, left, right);
    return terms >= filter->least[1] || terms + count(filter, 2, left, right) >= filter->least[2] ||
           count(filter, 0, left, right) >= filter->least[0];
}

/* The bytes alone rule out nearly all that do not stay: they agree wherever the values do, and elsewhere in 1 of 256.
   They are a quarter of the memory, and reading it is what a pair costs. */
int stays(const Filter *filter, uint64_t left, uint64_t right) {
    return filter->least[0] <= 0 ||
           (reaches(filter, view_bytes, left, right) && reaches(filter, view_agreeing, left, right));
}
