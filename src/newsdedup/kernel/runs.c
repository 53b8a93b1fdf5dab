/* What stands in long runs of tokens that both articles have. */
#include <string.h>

#include "pair.h"

#define FOOT 0.75
#define WHOLE_SENTENCE 6
#define CUT_OFF 1

typedef struct {
    int32_t words, facts, whole;
    double begin;
} Runs;

/* Tokens that both end with, when they are RUN or more. */
static int32_t common_end(const Side *left, const Side *right) {
    int32_t size = left->tokens < right->tokens ? left->tokens : right->tokens, count = 0;
    while (count < size && left->surface[left->tokens - 1 - count] == right->surface[right->tokens - 1 - count]) {
        count++;
    }
    return count >= RUN ? count : 0;
}

/* The tokens of `side` in runs shared with `other`, the last `tail` left out; how many there are. */
static int32_t mark_shared(const Side *side, const Side *other, int32_t tail, uint8_t *shared) {
    int32_t end = side->tokens - tail, done = 0, count = 0;
    memset(shared, 0, (size_t)side->tokens);
    for (int32_t start = 0; start < side->run_count && start < end; start++) {
        if (has_hash(&other->runs, side->run_hashes[start])) {
            int32_t stop = start + RUN < end ? start + RUN : end;
            for (int32_t i = done > start ? done : start; i < stop; i++) {
                shared[i] = 1;
                count++;
            }
            done = stop;
        }
    }
    return count;
}

/* Words of sentences that stand in runs but for a word at most. */
static int32_t whole_sentences(const Side *side, const uint8_t *shared) {
    int32_t whole = 0, start = 0;
    while (start < side->tokens && !side->opening[start]) {
        start++;
    }
    while (start < side->tokens) {
        int32_t found = shared[start], next = start + 1;
        while (next < side->tokens && !side->opening[next]) {
            found += shared[next++];
        }
        int32_t words = next - start;
        whole += words >= WHOLE_SENTENCE && found >= words - CUT_OFF ? found : 0;
        start = next;
    }
    return whole;
}

/* `shared` has room for the tokens, `seen` for the roots. */
static Runs find_runs(const Side *side, const Side *other, int32_t tail, uint8_t *shared, uint8_t *seen) {
    Runs runs = {0, 0, 0, 0.0};
    if (!mark_shared(side, other, tail, shared)) {
        return runs;
    }
    runs.whole = whole_sentences(side, shared);
    int32_t first = 0;
    while (!shared[first]) {
        first++;
    }
    runs.begin = (double)first / side->tokens;
    for (int32_t i = 0; i < side->tokens; i++) {
        runs.words += shared[i] && !side->quoted[i];
    }
    memset(seen, 0, (size_t)side->roots.count);
    for (int32_t i = 0; i < side->length; i++) {
        int32_t place = side->position[i];
        if (side->fact[i] && shared[place] && !side->quoted[place] && !seen[side->root_of[i]]) {
            seen[side->root_of[i]] = 1;
            runs.facts++;
        }
    }
    return runs;
}

int fill_runs(Side *left, Side *right, int64_t shared_shingles, Work *work, double *out) {
    int64_t fewer = left->shingles.count < right->shingles.count ? left->shingles.count : right->shingles.count;
    Runs runs[2] = {{0, 0, 0, 0.0}, {0, 0, 0, 0.0}};
    int32_t tail = 0;
    /* A run of RUN words holds RUN - 2 shingles: with fewer shared there is none to look for. */
    if (shared_shingles >= (fewer < RUN - 2 ? fewer : RUN - 2)) {
        size_t tokens = (size_t)(left->tokens > right->tokens ? left->tokens : right->tokens);
        size_t roots = (size_t)(left->roots.count > right->roots.count ? left->roots.count : right->roots.count);
        uint8_t *marks = work_for(work, tokens + roots);
        if (marks == NULL || add_runs(left) != 0 || add_runs(right) != 0) {
            return -1;
        }
        tail = common_end(left, right);
        runs[0] = find_runs(left, right, tail, marks, marks + tokens);
        runs[1] = find_runs(right, left, tail, marks, marks + tokens);
    }
    int32_t most = runs[0].words > runs[1].words ? runs[0].words : runs[1].words, kept = most + tail;
    if (runs[0].begin >= FOOT && runs[1].begin >= FOOT) {
        runs[0] = runs[1] = (Runs){0, 0, 0, 0.0};
        most = 0;
    }
    int32_t unquoted = left->unquoted < right->unquoted ? left->unquoted : right->unquoted;
    double share = (double)kept / (unquoted > 1 ? unquoted : 1);
    out[VERBATIM] = most;
    out[VERBATIM_SHARE] = share < 1.0 ? share : 1.0;
    out[VERBATIM_FACTS] = runs[0].facts > runs[1].facts ? runs[0].facts : runs[1].facts;
    out[VERBATIM_SENTENCES] = runs[0].whole < runs[1].whole ? runs[0].whole : runs[1].whole;
    return 0;
}
