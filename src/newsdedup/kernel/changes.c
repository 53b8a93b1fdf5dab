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

/* The numbers of these facts among all mentions of the text. */
static PyObject *own_mentions(const Text *text, Span place, const Text *other, Span sentence) {
    PyObject *list = PyList_New(0);
    for (Py_ssize_t i = place.start; list != NULL && i < place.end; i++) {
        if (is_own(text, i, other, sentence)) {
            PyObject *mention = PyLong_FromLong(text->mention[i]);
            if (mention == NULL || PyList_Append(list, mention) != 0) {
                Py_CLEAR(list);
            }
            Py_XDECREF(mention);
        }
    }
    return list;
}

/* The two sentences, and tokens of both that stand for each other. */
typedef struct {
    const Text *left, *right;
    int32_t a, b;
    Span left_sentence, right_sentence;
    int64_t left_base, right_base;
} Held;

static int add_place(const Held *held, Py_ssize_t old, Py_ssize_t old_end, Py_ssize_t new, Py_ssize_t new_end,
                     PyObject *places) {
    int64_t tokens[4] = {held->left_base + old, held->left_base + old_end, held->right_base + new,
                         held->right_base + new_end};
    Span mine = span_of(held->left, tokens[0], tokens[1]), theirs = span_of(held->right, tokens[2], tokens[3]);
    Py_ssize_t n = old_end - old, m = new_end - new;
    int left = own_kinds(held->left, mine, held->right, held->right_sentence);
    int right = own_kinds(held->right, theirs, held->left, held->left_sentence);
    int is_short = n > 0 && n <= SHORT_PLACE && m > 0 && m <= SHORT_PLACE;
    int names = is_short && (left & IS_NAME) && (right & IS_NAME);
    if (!((left | right) & IS_NUMBER) && !names && !(n == 1 && m == 1)) {
        return 1;
    }
    PyObject *lefts = own_mentions(held->left, mine, held->right, held->right_sentence);
    PyObject *rights = own_mentions(held->right, theirs, held->left, held->left_sentence);
    PyObject *place = NULL;
    if (lefts != NULL && rights != NULL) {
        place = Py_BuildValue("(iiLLLLOO)", (int)held->a, (int)held->b, (long long)tokens[0], (long long)tokens[1],
                              (long long)tokens[2], (long long)tokens[3], lefts, rights);
    }
    int done = place != NULL && PyList_Append(places, place) == 0;
    Py_XDECREF(lefts);
    Py_XDECREF(rights);
    Py_XDECREF(place);
    return done;
}

/* Between two runs of kept words is a place. */
static int add_between(const Held *held, const int32_t *matched, Py_ssize_t n, Py_ssize_t m, PyObject *places) {
    Py_ssize_t old_end = 0, new_end = 0;
    for (Py_ssize_t i = 0; i <= n; i++) {
        if (i < n && matched[i] < 0) {
            continue;
        }
        Py_ssize_t j = i < n ? matched[i] : m;
        if ((old_end < i || new_end < j) && !add_place(held, old_end, i, new_end, j, places)) {
            return 0;
        }
        old_end = i + 1;
        new_end = j + 1;
    }
    return 1;
}

int add_places(const Text *left, const Text *right, int32_t a, int32_t b, Workspace *space, int32_t *matched,
               PyObject *places) {
    Py_ssize_t n, m;
    const uint32_t *one = words_of(left, a, &n), *other = words_of(right, b, &m);
    if ((int64_t)n * m > MAX_CELLS) {
        return 1;
    }
    if (!match_words(space, one, n, other, m, matched)) {
        PyErr_NoMemory();
        return 0;
    }
    int64_t left_base = left->first[a], right_base = right->first[b];
    Held held = {left, right, a, b, span_of(left, left_base, left_base + n), span_of(right, right_base, right_base + m),
                 left_base, right_base};
    return add_between(&held, matched, n, m, places);
}
