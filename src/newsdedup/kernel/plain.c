/* Texts that hold nothing but plain characters and quotes: their normalised form; and keys that stand twice in a line.
   Twins: text.normalize, loaders.jsonlines. */
#include "kernel.h"

#include <wchar.h>

#define TABLE_SIZE 0x10000

enum { STAYS = 0, OTHER = 1, BLOCK = 8 }; /* every other value of the table is the ASCII character that replaces */

typedef struct {
    wchar_t *codes;
    Py_ssize_t size;
    int changed, doubled; /* whether a character was replaced; whether two apostrophes stand side by side */
} Text;

/* Puts the replacement in the place of the character at `i`; 0 where there is none. */
static int replace_character(Text *text, Py_ssize_t i, uint8_t value) {
    wchar_t *codes = text->codes;
    if (value == OTHER) {
        return 0;
    }
    text->changed |= codes[i] != value;
    text->doubled |= value == '\'' && i > 0 && codes[i - 1] == L'\'';
    codes[i] = value;
    return 1;
}

/* Whether the next BLOCK characters stay as they are: few blocks hold another, and one branch a block tells them. */
static inline int block_stays(const wchar_t *codes, const uint8_t *table) {
    uint32_t high = 0, values = 0;
    for (int k = 0; k < BLOCK; k++) {
        high |= (uint32_t)codes[k];
    }
    if (high >= TABLE_SIZE) {
        return 0;
    }
    for (int k = 0; k < BLOCK; k++) {
        values |= table[codes[k]];
    }
    return values == STAYS;
}

/* 0 where the text holds a character of which the table says nothing. */
static int replace_characters(Text *text, const uint8_t *table) {
    for (Py_ssize_t i = 0; i < text->size;) {
        if (i + BLOCK <= text->size && block_stays(text->codes + i, table)) {
            i += BLOCK;
            continue;
        }
        Py_ssize_t end = i + BLOCK < text->size ? i + BLOCK : text->size;
        for (; i < end; i++) {
            uint32_t code = (uint32_t)text->codes[i];
            uint8_t value = code < TABLE_SIZE ? table[code] : OTHER;
            if (value != STAYS && !replace_character(text, i, value)) {
                return 0;
            }
        }
    }
    return 1;
}

/* Every two apostrophes become one double quote, from the left. */
static void join_apostrophes(Text *text) {
    Py_ssize_t size = 0;
    for (Py_ssize_t i = 0; i < text->size; i++) {
        int pair = text->codes[i] == L'\'' && i + 1 < text->size && text->codes[i + 1] == L'\'';
        text->codes[size++] = pair ? L'"' : text->codes[i];
        i += pair;
    }
    text->size = size;
}

static PyObject *plain_form(PyObject *object, Text *text, const uint8_t *table) {
    text->size = PyUnicode_AsWideChar(object, text->codes, text->size);
    if (text->size < 0) {
        return NULL;
    }
    if (!replace_characters(text, table)) {
        return Py_NewRef(Py_None);
    }
    if (text->doubled) {
        join_apostrophes(text);
    }
    return text->changed || text->doubled ? PyUnicode_FromWideChar(text->codes, text->size) : Py_NewRef(object);
}

PyObject *plain_text(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *object, *table_object, *result = NULL;
    if (!PyArg_ParseTuple(args, "UO:plain_text", &object, &table_object)) {
        return NULL;
    }
    Views views = {.count = 0};
    Py_ssize_t table_size;
    const uint8_t *table = array_of(&views, table_object, 1, 0, "table", &table_size);
    /* Where wide characters have 16 bits some are made of two; nothing of a text that holds one is used. */
    Text text = {NULL, PyUnicode_GetLength(object), 0, 0};
    if (table && table_size != TABLE_SIZE) {
        PyErr_Format(PyExc_ValueError, "plain_text: a table of %zd characters, not of 65536", table_size);
    } else if (table && text.size >= 0) {
        text.codes = PyMem_Malloc(((size_t)text.size + 1) * sizeof(wchar_t));
        result = text.codes ? plain_form(object, &text, table) : PyErr_NoMemory();
        PyMem_Free(text.codes);
    }
    release_all(&views);
    return result;
}

/* Whether the bytes hold the key twice, one behind the other; memchr finds its first byte, a quote, where it is rare. */
static int stands_twice(const char *line, Py_ssize_t size, const char *key, Py_ssize_t length) {
    int found = 0;
    const char *end = line + size;
    while (end - line >= length && (line = memchr(line, key[0], (size_t)(end - line - length + 1))) != NULL) {
        int here = memcmp(line, key, (size_t)length) == 0;
        if (here && found) {
            return 1;
        }
        found |= here;
        line += here ? length : 1;
    }
    return 0;
}

PyObject *repeats_key(PyObject *Py_UNUSED(module), PyObject *args) {
    const char *line, *keys[2];
    Py_ssize_t size, lengths[2];
    if (!PyArg_ParseTuple(args, "y#y#y#:repeats_key", &line, &size, &keys[0], &lengths[0], &keys[1], &lengths[1])) {
        return NULL;
    }
    if (!lengths[0] || !lengths[1]) {
        PyErr_SetString(PyExc_ValueError, "repeats_key: an empty key");
        return NULL;
    }
    return PyBool_FromLong(stands_twice(line, size, keys[0], lengths[0]) ||
                           stands_twice(line, size, keys[1], lengths[1]));
}
