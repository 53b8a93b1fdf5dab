/* Where two versions of one sentence differ: the twin of `places_between` in verify/counterparts.py. */
#include "edits.h"

#define SHORT_PLACE 4     /* words on either side of a place where one thing stands for the other */
#define MAX_CELLS 40000000 /* of the word matrix of two sentences, one bit each: 5 MB */

enum { IS_NAME = 1, IS_NUMBER = 2 };

/* The first content word at a token or behind it. */
static Py_ssize_t content_from(const Text *text, int64_t token) {
    Py_ssize_t low = 0, high = text->contents;
    while (low < high) {
        Py_ssize_t middle = low + (high - low) / 2;
        if (text->position[middle] < token) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Content words from `start` to before `end`. */
typedef struct {
    Py_ssize_t start, end;
} Span;

static Span span_of(const Text *text, int64_t token, int64_t end) {
    return (Span){content_from(text, token), content_from(text, end)};
}

static int stands_in(const Text *text, Span span, uint32_t root) {
    for (Py_ssize_t i = span.start; i < span.end; i++) {
        if (text->root[i] == root) {
            return 1;
        }
    }
    return 0;
}

/* Whether a content word is a fact that does not stand in the other sentence. */
static int is_own(const Text *text, Py_ssize_t place, const Text *other, Span sentence) {
    return text->fact[place] && !stands_in(other, sentence, text->root[place]);
}

/* What of the facts of a place is not in the other sentence: IS_NAME, IS_NUMBER, both or neither. */
static int own_kinds(const Text *text, Span place, const Text *other, Span sentence) {
    int kinds = 0;
    for (Py_ssize_t i = place.start; i < place.end; i++) {
        kinds |= is_own(text, i, other, sentence) ? (text->fact[i] == 2 ? IS_NUMBER : IS_NAME) : 0;
    }
    return kinds;
}

/* Tokens of the facts of one kind. */
static PyObject *own_tokens(const Text *text, Span place, const Text *other, Span sentence, int kind) {
    PyObject *list = PyList_New(0);
    for (Py_ssize_t i = place.start; list != NULL && i < place.end; i++) {
        if ((text->fact[i] == 2 ? IS_NUMBER : IS_NAME) == kind && is_own(text, i, other, sentence)) {
            PyObject *token = PyLong_FromLong(text->position[i]);
            if (token == NULL || PyList_Append(list, token) != 0) {
                Py_CLEAR(list);
            }
            Py_XDECREF(token);
        }
    }
    return list;
}

/* Two sentences. */
typedef struct {
    const Places *places;
    int32_t a, b;
    Span left, right; /* their content words */
} Held;

static int orders(const Places *places, uint32_t word) {
    Py_ssize_t low = 0, high = places->order_count;
    while (low < high) {
        Py_ssize_t middle = low + (high - low) / 2;
        if (places->orders[middle] < word) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < places->order_count && places->orders[low] == word;
}

/* Tokens of both texts that stand for each other. */
static int add_place(const Held *held, int64_t old, int64_t old_end, int64_t new, int64_t new_end) {
    const Text *left = held->places->left, *right = held->places->right;
    Span mine = span_of(left, old, old_end), theirs = span_of(right, new, new_end);
    int64_t n = old_end - old, m = new_end - new;
    int old_kinds = own_kinds(left, mine, right, held->right), new_kinds = own_kinds(right, theirs, left, held->left);
    int is_short = n > 0 && n <= SHORT_PLACE && m > 0 && m <= SHORT_PLACE;
    int names = is_short && (old_kinds & IS_NAME) && (new_kinds & IS_NAME);
    int ordered = n == 1 && m == 1 && orders(held->places, left->words[old]) && orders(held->places, right->words[new]);
    if (!((old_kinds | new_kinds) & IS_NUMBER) && !names && !ordered) {
        return 1;
    }
    PyObject *facts[4] = {
        own_tokens(left, mine, right, held->right, IS_NUMBER), own_tokens(left, mine, right, held->right, IS_NAME),
        own_tokens(right, theirs, left, held->left, IS_NUMBER), own_tokens(right, theirs, left, held->left, IS_NAME),
    };
    PyObject *place = NULL;
    if (facts[0] != NULL && facts[1] != NULL && facts[2] != NULL && facts[3] != NULL) {
        place = Py_BuildValue("(iiLLLLOOOO)", (int)held->a, (int)held->b, (long long)old, (long long)old_end,
                              (long long)new, (long long)new_end, facts[0], facts[1], facts[2], facts[3]);
    }
    int done = place != NULL && PyList_Append(held->places->places, place) == 0;
    Py_XDECREF(place);
    for (int i = 0; i < 4; i++) {
        Py_XDECREF(facts[i]);
    }
    return done;
}

int add_places(Places *places, int32_t a, int32_t b) {
    const Text *left = places->left, *right = places->right;
    Py_ssize_t n, m, old_end = 0, new_end = 0;
    const uint32_t *one = words_of(left, a, &n), *other = words_of(right, b, &m);
    int64_t base = left->first[a], other_base = right->first[b];
    if ((int64_t)n * m > MAX_CELLS) {
        return 1;
    }
    if (!match_words(&places->space, one, n, other, m, places->matched)) {
        PyErr_NoMemory();
        return 0;
    }
    Held held = {places, a, b, span_of(left, base, base + n), span_of(right, other_base, other_base + m)};
    for (Py_ssize_t i = 0; i <= n; i++) { /* between two runs of kept words is a place */
        Py_ssize_t j = i < n ? places->matched[i] : m;
        if (j < 0) {
            continue;
        }
        if ((old_end < i || new_end < j) &&
            !add_place(&held, base + old_end, base + i, other_base + new_end, other_base + j)) {
            return 0;
        }
        old_end = i + 1;
        new_end = j + 1;
    }
    return 1;
}
