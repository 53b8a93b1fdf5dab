/* From the code points of many articles to their tokens, and the hashes of both. Twins: text.spans, text.hashing. */
#include "text.h"

#define TABLE_SIZE 0x10000

enum { LETTER = 1, DIGIT = 2, BIGRAM = 4, UPPER = 8, STOP = 16, HARD_STOP = 32, QUOTE = 64, NEWLINE = 128 };
#define KINDS (LETTER | DIGIT | BIGRAM)

typedef struct {
    const uint32_t *codes; /* of one article, with the two line feeds behind it */
    Py_ssize_t size;
    const uint8_t *flags;
    const uint32_t *folded;
} Text;

typedef struct {
    uint64_t *keys;
    int32_t *starts, *ends;
    uint8_t *marks;
    Py_ssize_t count;
} Tokens;

/* What stood between the token before and the next one. */
typedef struct {
    int stop, hard, lines;
    int32_t end; /* of the token before */
} Gap;

/* The quotation marks of one line; a line that opens two and closes one is quoted as a whole. */
typedef struct {
    Py_ssize_t token; /* its first */
    int64_t quotes;
    int32_t start;
    int at_start, nested;
} Line;

static inline uint8_t class_of(const Text *text, uint32_t code) {
    if (code < TABLE_SIZE) {
        return text->flags[code];
    }
    return code >= 0x20000 && code <= 0x3FFFF ? BIGRAM : 0;
}

static inline uint64_t hashed(const Text *text, uint32_t code) {
    return (uint64_t)(code < TABLE_SIZE ? text->folded[code] : code) + 1; /* + 1 so that a NUL counts */
}

static inline uint8_t class_at(const Text *text, Py_ssize_t i) {
    return i < 0 ? NEWLINE : class_of(text, text->codes[i]);
}

/* Whether the character at `i`, behind one of a word's letters, is part of the word though it is no letter: an
   apostrophe between letters, the full stop within an acronym (`U.S.` is one word, the same as `US`). */
static int joins_letters(const Text *text, Py_ssize_t i) {
    uint32_t code = text->codes[i];
    if (code == '\'') {
        return (class_at(text, i - 1) & LETTER) && (class_at(text, i + 1) & LETTER);
    }
    return code == '.' && (class_at(text, i - 1) & UPPER) && (class_at(text, i + 1) & UPPER) &&
           !(class_at(text, i - 2) & LETTER) && !(class_at(text, i + 2) & LETTER);
}

static int joins_digits(const Text *text, Py_ssize_t i) {
    uint32_t code = text->codes[i];
    return (code == '.' || code == ',') && (class_at(text, i - 1) & DIGIT) && (class_at(text, i + 1) & DIGIT);
}

/* Adds the characters of one kind from `i` on to the polynomial of span_hashes, which wraps on purpose; where they end. */
static inline Py_ssize_t add_run(const Text *text, Py_ssize_t i, uint8_t kind, uint64_t *sum, uint64_t *power) {
    const uint32_t *codes = text->codes, *folded = text->folded;
    const uint8_t *flags = text->flags;
    uint64_t total = *sum, factor = *power;
    uint32_t code = codes[i];
    while (code < TABLE_SIZE && (flags[code] & kind)) {
        total += ((uint64_t)folded[code] + 1) * factor; /* + 1 so that a NUL counts */
        factor *= BASE;
        code = codes[++i];
    }
    *sum = total;
    *power = factor;
    return i;
}

/* The end of the word or number that begins at `i`, and its hash. No letter or digit lies beyond the tables. */
static inline Py_ssize_t word_end(const Text *text, Py_ssize_t i, uint8_t kind, uint64_t *key) {
    uint64_t sum = 0, power = 1;
    i = add_run(text, i, kind, &sum, &power);
    while (kind == LETTER ? joins_letters(text, i) : joins_digits(text, i)) {
        sum += hashed(text, text->codes[i]) * power;
        power *= BASE;
        i = add_run(text, i + 1, kind, &sum, &power);
    }
    *key = mix64(sum);
    return i;
}

static uint8_t marks_before(const Text *text, const Gap *gap, int32_t start) {
    uint32_t code = text->codes[start];
    uint8_t flags = class_of(text, code);
    int capital = (flags & UPPER) != 0;
    /* Hebrew, Arabic, the scripts of India, Georgian, Ethiopic: letters, but none of them capital. */
    int opens = capital || !(flags & LETTER) || (code >= 0x0590 && code <= 0x139F);
    int must = (gap->hard && (opens || start - gap->end > 2)) || gap->lines > 1 || (gap->lines == 1 && opens);
    return (uint8_t)((capital ? CAPITAL : 0) | (gap->stop && opens ? MAY_OPEN : 0) | (must ? MUST_OPEN : 0));
}

static inline void emit(Tokens *tokens, uint64_t key, int32_t start, int32_t end, int marks) {
    tokens->keys[tokens->count] = key;
    tokens->starts[tokens->count] = start;
    tokens->ends[tokens->count] = end;
    tokens->marks[tokens->count] = (uint8_t)marks;
    tokens->count++;
}

/* Every two neighbours of a run written without spaces; a lone character is a token of its own. */
static Py_ssize_t bigrams(const Text *text, Py_ssize_t i, int marks, int quoted, Tokens *tokens) {
    Py_ssize_t end = i + 1;
    while (class_of(text, text->codes[end]) & BIGRAM) {
        end++;
    }
    uint64_t first = hashed(text, text->codes[i]);
    if (end - i == 1) {
        emit(tokens, mix64(first), (int32_t)i, (int32_t)end, marks | quoted);
    }
    for (; i + 1 < end; i++) {
        uint64_t second = hashed(text, text->codes[i + 1]);
        emit(tokens, mix64(first + second * BASE), (int32_t)i, (int32_t)i + 2, marks | quoted);
        first = second;
        /* a bigram begins within the one before it: nothing stands between them */
        marks = 0;
    }
    return end;
}

static void end_line(const Line *line, Tokens *tokens) {
    if ((line->quotes & 1) && line->quotes > 1 && line->at_start && line->nested) {
        for (Py_ssize_t i = line->token; i < tokens->count; i++) {
            tokens->marks[i] |= QUOTED;
        }
    }
}

static void note_mark(const Text *text, Py_ssize_t i, uint8_t flags, Gap *gap, Line *line, Tokens *tokens) {
    gap->stop |= (flags & STOP) != 0;
    gap->hard |= (flags & HARD_STOP) != 0;
    if (flags & QUOTE) {
        line->quotes++;
        if (line->quotes == 1) {
            line->at_start = i == line->start;
        } else if (line->quotes == 2) {
            line->nested = (class_at(text, i + 1) & KINDS) != 0;
        }
    }
    if (flags & NEWLINE) {
        gap->lines++;
        end_line(line, tokens);
        *line = (Line){tokens->count, 0, (int32_t)i + 1, 0, 0};
    }
}

static void tokens_of(const Text *text, Tokens *tokens) {
    Gap gap = {0, 0, 0, 0};
    Line line = {tokens->count, 0, 0, 0, 0};
    Py_ssize_t first = tokens->count;
    for (Py_ssize_t i = 0; i < text->size;) {
        uint8_t flags = class_of(text, text->codes[i]);
        uint8_t kind = flags & KINDS;
        if (!kind) {
            if (flags) {
                note_mark(text, i, flags, &gap, &line, tokens);
            }
            i++;
            continue;
        }
        int marks = marks_before(text, &gap, (int32_t)i), quoted = line.quotes & 1 ? QUOTED : 0;
        if (kind & BIGRAM) {
            i = bigrams(text, i, marks, quoted, tokens);
        } else {
            uint64_t key;
            Py_ssize_t start = i;
            i = word_end(text, i, kind, &key);
            marks |= kind == LETTER && i - start == 1 ? LONE_LETTER : 0;
            emit(tokens, key, (int32_t)start, (int32_t)i, marks | quoted);
        }
        gap = (Gap){0, 0, 0, (int32_t)i};
    }
    end_line(&line, tokens);
    if (tokens->count > first) {
        tokens->marks[first] = (uint8_t)((tokens->marks[first] & ~MAY_OPEN) | MUST_OPEN);
    }
}

/* Whether every article ends with two line feeds, which belong to no word: that is what ends every run within it. */
static int is_sound(const Text *text, const int64_t *bounds, Py_ssize_t articles, Py_ssize_t codes) {
    if (!are_bounds(bounds, articles + 1, codes) || (text->flags['\n'] & KINDS) || codes > INT32_MAX) {
        return 0;
    }
    for (Py_ssize_t i = 0; i < articles; i++) {
        int64_t end = bounds[i + 1];
        if (end - bounds[i] < 2 || text->codes[end - 1] != '\n' || text->codes[end - 2] != '\n') {
            return 0;
        }
    }
    return 1;
}

PyObject *text_spans(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *object[9], *result = NULL;
    if (!PyArg_ParseTuple(args, "OOOOOOOOO:text_spans", &object[0], &object[1], &object[2], &object[3], &object[4],
                          &object[5], &object[6], &object[7], &object[8])) {
        return NULL;
    }
    Views views = {.count = 0};
    Py_ssize_t size[9];
    const uint32_t *codes = array_of(&views, object[0], 4, 0, "codes", &size[0]);
    const int64_t *bounds = codes ? array_of(&views, object[1], 8, 0, "bounds", &size[1]) : NULL;
    const uint8_t *flags = bounds ? array_of(&views, object[2], 1, 0, "flags", &size[2]) : NULL;
    const uint32_t *folded = flags ? array_of(&views, object[3], 4, 0, "folded", &size[3]) : NULL;
    Tokens tokens = {NULL, NULL, NULL, NULL, 0};
    tokens.keys = folded ? array_of(&views, object[4], 8, 1, "keys", &size[4]) : NULL;
    tokens.starts = tokens.keys ? array_of(&views, object[5], 4, 1, "starts", &size[5]) : NULL;
    tokens.ends = tokens.starts ? array_of(&views, object[6], 4, 1, "ends", &size[6]) : NULL;
    tokens.marks = tokens.ends ? array_of(&views, object[7], 1, 1, "marks", &size[7]) : NULL;
    int64_t *offsets = tokens.marks ? array_of(&views, object[8], 8, 1, "offsets", &size[8]) : NULL;
    if (!offsets) {
        goto done;
    }
    Text text = {codes, 0, flags, folded};
    if (size[1] < 1 || size[2] != TABLE_SIZE || size[3] != TABLE_SIZE || size[8] != size[1] || size[4] < size[0] ||
        size[5] < size[0] || size[6] < size[0] || size[7] < size[0] || !is_sound(&text, bounds, size[1] - 1, size[0])) {
        PyErr_SetString(PyExc_ValueError, "text_spans: arrays that do not fit each other");
        goto done;
    }
    for (Py_ssize_t i = 0; i + 1 < size[1]; i++) {
        offsets[i] = tokens.count;
        text.codes = codes + bounds[i];
        text.size = (Py_ssize_t)(bounds[i + 1] - bounds[i]);
        tokens_of(&text, &tokens);
    }
    offsets[size[1] - 1] = tokens.count;
    result = PyLong_FromSsize_t(tokens.count);
done:
    release_all(&views);
    return result;
}

PyObject *run_hashes(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *object[4], *result = NULL;
    if (!PyArg_ParseTuple(args, "OOOO:run_hashes", &object[0], &object[1], &object[2], &object[3])) {
        return NULL;
    }
    Views views = {.count = 0};
    Py_ssize_t size[4];
    const uint32_t *values = array_of(&views, object[0], 4, 0, "values", &size[0]);
    const int64_t *starts = values ? array_of(&views, object[1], 8, 0, "starts", &size[1]) : NULL;
    const int64_t *ends = starts ? array_of(&views, object[2], 8, 0, "ends", &size[2]) : NULL;
    uint64_t *out = ends ? array_of(&views, object[3], 8, 1, "out", &size[3]) : NULL;
    if (!out) {
        goto done;
    }
    if (size[1] != size[2] || size[1] != size[3]) {
        PyErr_SetString(PyExc_ValueError, "run_hashes: arrays that do not fit each other");
        goto done;
    }
    for (Py_ssize_t i = 0; i < size[1]; i++) {
        if (starts[i] < 0 || ends[i] < starts[i] || ends[i] > size[0]) {
            PyErr_SetString(PyExc_ValueError, "run_hashes: a run outside the values");
            goto done;
        }
        uint64_t sum = 0, power = 1;
        for (int64_t place = starts[i]; place < ends[i]; place++) {
            sum += ((uint64_t)values[place] + 1) * power;
            power *= BASE;
        }
        out[i] = mix64(sum);
    }
    result = Py_NewRef(Py_None);
done:
    release_all(&views);
    return result;
}
