/* What is known of each token: its row in the vocabulary, its sentence, whether it is a fact. Twin: text.tokens. */
#include "text.h"

enum { NUMBER = 1, ABBREVIATION = 2, UNLISTED = 4 };                             /* of a word's `flags` */

PyObject *text_rows(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *object[7], *result = NULL;
    if (!PyArg_ParseTuple(args, "OOOOOOO:text_rows", &object[0], &object[1], &object[2], &object[3], &object[4],
                          &object[5], &object[6])) {
        return NULL;
    }
    Views views = {.count = 0};
    Py_ssize_t size[7];
    Words words;
    const uint64_t *keys = array_of(&views, object[0], 8, 0, "keys", &size[0]);
    const int64_t *offsets = keys ? array_of(&views, object[1], 8, 0, "offsets", &size[1]) : NULL;
    const uint8_t *chosen = offsets ? array_of(&views, object[2], 1, 0, "chosen", &size[2]) : NULL;
    words.slots = chosen ? array_of(&views, object[3], 4, 0, "slots", &words.slot_count) : NULL;
    words.keys = words.slots ? array_of(&views, object[4], 8, 0, "table keys", &words.key_count) : NULL;
    int32_t *rows = words.keys ? array_of(&views, object[5], 4, 1, "rows", &size[5]) : NULL;
    int32_t *missing = rows ? array_of(&views, object[6], 4, 1, "missing", &size[6]) : NULL;
    if (!missing) {
        goto done;
    }
    if (size[0] > INT32_MAX || size[5] != size[0] || size[6] != size[0] || size[2] + 1 != size[1] ||
        !are_bounds(offsets, size[1], size[0]) || !set_words(&words)) {
        PyErr_SetString(PyExc_ValueError, "text_rows: arrays that do not fit each other");
        goto done;
    }
    Py_ssize_t count = 0;
    for (Py_ssize_t article = 0; article < size[2]; article++) {
        if (!chosen[article]) {
            continue;
        }
        for (int64_t token = offsets[article]; token < offsets[article + 1]; token++) {
            int32_t row = row_of(&words, keys[token]);
            if (row < 0) {
                PyErr_SetString(PyExc_ValueError, "text_rows: a slot that names no row");
                goto done;
            }
            rows[token] = row;
            if (row == 0) {
                missing[count++] = (int32_t)token;
            }
        }
    }
    result = PyLong_FromSsize_t(count);
done:
    release_all(&views);
    return result;
}

/* ---- a small table of the terms of one article ---- */

enum { PRESENT = 1, AGAIN = 2, NAMED = 4, LOWER = 8 };

typedef struct {
    uint32_t term;
    uint32_t state;
} Entry;

typedef struct {
    Entry *entries;
    uint32_t mask;
    int shift;
} Terms;

/* Empties the table and makes room for `count` terms; the entries allocated are enough for every article. */
static void clear_terms(Terms *terms, Py_ssize_t count) {
    int bits = 2;
    while (((Py_ssize_t)1 << bits) < 2 * count) {
        bits++;
    }
    terms->shift = 32 - bits;
    terms->mask = (uint32_t)(((uint64_t)1 << bits) - 1);
    memset(terms->entries, 0, ((size_t)terms->mask + 1) * sizeof(Entry));
}

/* The entry of a term, or the free one where it would stand. */
static inline Entry *entry_of(const Terms *terms, uint32_t term) {
    uint32_t slot = (uint32_t)(term * UINT32_C(0x9E3779B1)) >> terms->shift;
    while (terms->entries[slot].state && terms->entries[slot].term != term) {
        slot = (slot + 1) & terms->mask;
    }
    return &terms->entries[slot];
}

static inline void count_term(const Terms *terms, uint32_t term) {
    Entry *entry = entry_of(terms, term);
    entry->state |= entry->state ? AGAIN : PRESENT;
    entry->term = term;
}

/* ---- the columns ---- */

typedef struct {
    const uint32_t *surface, *term, *root;
    const float *weight;
    const uint8_t *flags;
} Vocabulary;

typedef struct {
    const int32_t *rows;
    const uint8_t *marks;
    uint32_t *surface, *term, *root;
    float *weight;
    uint8_t *flags;
    int32_t *sentence;
} Columns;

typedef struct {
    double case_lost, case_shouted, rare_opening, rare, once;
    int nouns; /* whether the language capitalises every noun */
} Limits;

/* Copies what the vocabulary knows; whether any bigram is unlisted. */
static int copy_columns(const Vocabulary *known, const Columns *out, int64_t start, int64_t end) {
    int unlisted = 0;
    for (int64_t i = start; i < end; i++) {
        int32_t row = out->rows[i];
        out->surface[i] = known->surface[row];
        out->term[i] = known->term[row];
        out->root[i] = known->root[row];
        out->weight[i] = known->weight[row];
        unlisted |= known->flags[row] & UNLISTED;
    }
    return unlisted;
}

/* Takes the weight of bigrams that no list has and that stand only once. */
static void drop_crossings(const Vocabulary *known, const Columns *out, Terms *terms, int64_t start, int64_t end) {
    clear_terms(terms, end - start);
    for (int64_t i = start; i < end; i++) {
        if (known->flags[out->rows[i]] & UNLISTED) {
            count_term(terms, out->term[i]);
        }
    }
    for (int64_t i = start; i < end; i++) {
        if ((known->flags[out->rows[i]] & UNLISTED) && !(entry_of(terms, out->term[i])->state & AGAIN)) {
            out->weight[i] = 0;
        }
    }
}

typedef struct {
    int64_t openings; /* content words with a capital that open a sentence */
    int64_t worded, capitals;
    int32_t sentences;
} Seen;

/* Sentences and all flags but IS_FACT. */
static Seen set_flags(const Vocabulary *known, const Columns *out, int64_t start, int64_t end) {
    Seen seen = {0, 0, 0, 0};
    int free = 1; /* whether the word before may end a sentence: no initial, no abbreviation */
    for (int64_t i = start; i < end; i++) {
        uint8_t marks = out->marks[i], word = known->flags[out->rows[i]];
        int opening = (marks & MUST_OPEN) || ((marks & MAY_OPEN) && free) || i == start;
        int content = out->weight[i] > 0, number = (word & NUMBER) != 0, capital = (marks & CAPITAL) != 0;
        free = !((word & ABBREVIATION) || (marks & LONE_LETTER));
        seen.sentences += opening;
        out->sentence[i] = seen.sentences - 1;
        out->flags[i] = (uint8_t)((content ? IS_CONTENT : 0) | (number ? IS_NUMBER : 0) | (capital ? IS_CAPITAL : 0) |
                                  (opening ? IS_OPENING : 0) | (marks & QUOTED ? IS_QUOTED : 0));
        int worded = content && !opening && !number; /* digits have no case */
        seen.worded += worded;
        seen.capitals += worded && capital;
        seen.openings += content && capital && opening;
    }
    return seen;
}

static inline int is_capital_opening(uint8_t flags) {
    return (flags & (IS_CONTENT | IS_CAPITAL | IS_OPENING)) == (IS_CONTENT | IS_CAPITAL | IS_OPENING);
}

/* Of the terms that open a sentence with a capital: which are names elsewhere, which stand in lower case. */
static void read_cases(const Columns *out, Terms *terms, int64_t start, int64_t end, int64_t openings) {
    clear_terms(terms, openings);
    for (int64_t i = start; i < end; i++) {
        if (is_capital_opening(out->flags[i])) {
            count_term(terms, out->term[i]);
        }
    }
    for (int64_t i = start; i < end; i++) {
        uint8_t flags = out->flags[i];
        if ((flags & IS_CONTENT) && !is_capital_opening(flags)) {
            Entry *entry = entry_of(terms, out->term[i]);
            if (entry->state) {
                entry->state |= flags & IS_CAPITAL ? NAMED : LOWER;
            }
        }
    }
}

static void cased_facts(const Columns *out, Terms *terms, const Limits *limits, int64_t start, int64_t end,
                        int64_t openings) {
    read_cases(out, terms, start, end, openings);
    for (int64_t i = start; i < end; i++) {
        uint8_t flags = out->flags[i];
        int fact = (flags & IS_CONTENT) && (flags & IS_NUMBER);
        if (is_capital_opening(flags)) {
            uint32_t state = entry_of(terms, out->term[i])->state;
            fact |= (state & NAMED) || (out->weight[i] >= limits->rare_opening && !(state & LOWER));
        } else if ((flags & IS_CONTENT) && (flags & IS_CAPITAL)) {
            fact = 1;
        }
        out->flags[i] |= fact ? IS_FACT : 0;
    }
}

static void caseless_facts(const Columns *out, Terms *terms, const Limits *limits, int64_t start, int64_t end) {
    clear_terms(terms, end - start);
    for (int64_t i = start; i < end; i++) {
        if ((out->flags[i] & (IS_CONTENT | IS_NUMBER)) == IS_CONTENT && out->weight[i] >= limits->rare) {
            count_term(terms, out->term[i]);
        }
    }
    for (int64_t i = start; i < end; i++) {
        uint8_t flags = out->flags[i];
        if (!(flags & IS_CONTENT)) {
            continue;
        }
        int fact = (flags & IS_NUMBER) != 0;
        if (!fact && out->weight[i] >= limits->rare) {
            fact = (entry_of(terms, out->term[i])->state & AGAIN) || out->weight[i] >= limits->once;
        }
        out->flags[i] |= fact ? IS_FACT : 0;
    }
}

/* One article: all columns; how many sentences it has. */
static int32_t describe(const Vocabulary *known, const Columns *out, Terms *terms, const Limits *limits, int64_t start,
                        int64_t end) {
    if (copy_columns(known, out, start, end)) {
        drop_crossings(known, out, terms, start, end);
    }
    Seen seen = set_flags(known, out, start, end);
    double share = (double)seen.capitals / (double)(seen.worded > 0 ? seen.worded : 1);
    if (!limits->nouns && share >= limits->case_lost && share <= limits->case_shouted) {
        cased_facts(out, terms, limits, start, end, seen.openings);
    } else {
        caseless_facts(out, terms, limits, start, end);
    }
    return seen.sentences;
}

/* Room for the terms of the longest article; NULL where there is no memory for it. */
static Entry *room_for_terms(const int64_t *offsets, Py_ssize_t articles) {
    int64_t longest = 0;
    for (Py_ssize_t i = 0; i < articles; i++) {
        longest = offsets[i + 1] - offsets[i] > longest ? offsets[i + 1] - offsets[i] : longest;
    }
    size_t size = 4;
    while (size < 2 * (size_t)longest) {
        size *= 2;
    }
    return malloc(size * sizeof(Entry));
}

static int are_rows(const int32_t *rows, const int64_t *offsets, const uint8_t *chosen, Py_ssize_t articles,
                    Py_ssize_t size) {
    for (Py_ssize_t article = 0; article < articles; article++) {
        for (int64_t i = offsets[article]; chosen[article] && i < offsets[article + 1]; i++) {
            if (rows[i] < 0 || rows[i] >= size) {
                return 0;
            }
        }
    }
    return 1;
}

PyObject *text_columns(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *object[16], *result = NULL;
    Limits limits;
    if (!PyArg_ParseTuple(args, "(OOOO)(OOOOO)(OOOOOOO)(dddddi):text_columns", &object[0], &object[1], &object[2],
                          &object[3], &object[4], &object[5], &object[6], &object[7], &object[8], &object[9],
                          &object[10], &object[11], &object[12], &object[13], &object[14], &object[15],
                          &limits.case_lost, &limits.case_shouted, &limits.rare_opening, &limits.rare, &limits.once,
                          &limits.nouns)) {
        return NULL;
    }
    static const int widths[16] = {8, 1, 4, 1, 4, 4, 4, 4, 1, 4, 4, 4, 4, 1, 4, 4};
    Views views = {.count = 0};
    Py_ssize_t size[16];
    void *data[16];
    Entry *entries = NULL;
    for (int i = 0; i < 16; i++) {
        data[i] = array_of(&views, object[i], widths[i], i >= 9, "a column of tokens", &size[i]);
        if (!data[i]) {
            goto done;
        }
    }
    const int64_t *offsets = data[0];
    const uint8_t *chosen = data[1];
    Columns out = {data[2], data[3], data[9], data[10], data[11], data[12], data[13], data[14]};
    Vocabulary known = {data[4], data[5], data[6], data[7], data[8]};
    int32_t *sentences = data[15];
    int fits = size[0] == size[1] + 1 && size[15] == size[1] && size[2] <= INT32_MAX / 4;
    for (int i = 3; i < 15; i++) {
        fits = fits && size[i] == (i >= 4 && i < 9 ? size[4] : size[2]);
    }
    if (!fits || !are_bounds(offsets, size[0], size[2]) || !are_rows(out.rows, offsets, chosen, size[1], size[4])) {
        PyErr_SetString(PyExc_ValueError, "text_columns: arrays that do not fit each other");
        goto done;
    }
    entries = room_for_terms(offsets, size[1]);
    if (!entries) {
        PyErr_NoMemory();
        goto done;
    }
    Terms terms = {entries, 0, 0};
    for (Py_ssize_t i = 0; i < size[1]; i++) {
        if (chosen[i]) {
            sentences[i] = describe(&known, &out, &terms, &limits, offsets[i], offsets[i + 1]);
        }
    }
    result = Py_NewRef(Py_None);
done:
    free(entries);
    release_all(&views);
    return result;
}
