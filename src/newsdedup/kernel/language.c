/* What tells the language of a text: the scripts it is written in and its function words. Twin: text.language. */
#include "text.h"

enum { MAX_SAMPLE = 4096, MAX_LANGUAGES = 64, SCRIPTS = 4 };

#define UNSURE UINT32_MAX /* in `letters`: lower-casing it depends on its neighbours, or gives several characters */

typedef struct {
    uint32_t codes[MAX_SAMPLE];
    Py_ssize_t size;
} Sample;

typedef struct {
    Words words;
    const uint32_t *letters; /* lower-case form of each letter, 0 for what is none */
    const int32_t *offsets;  /* of each row among `langs` */
    const uint8_t *langs;
    Py_ssize_t letter_count, lang_count;
} Voters;

typedef struct {
    Py_ssize_t scripts[SCRIPTS]; /* characters of each */
    Py_ssize_t words;            /* -1 where the vote has to be counted otherwise */
    Py_ssize_t votes[MAX_LANGUAGES];
} Tally;

static void count_scripts(const Sample *sample, Tally *tally) {
    for (Py_ssize_t i = 0; i < sample->size; i++) {
        uint32_t code = sample->codes[i];
        if (code < 0x0E00) {
            continue;
        }
        tally->scripts[0] += code >= 0x3040 && code <= 0x30FF;
        tally->scripts[1] += (code >= 0xAC00 && code <= 0xD7AF) || (code >= 0x1100 && code <= 0x11FF);
        tally->scripts[2] += code <= 0x0E7F;
        tally->scripts[3] += (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0x3400 && code <= 0x4DBF);
    }
}

/* Adds the votes of one word; 0 where the tables do not fit each other. */
static int add_votes(const Voters *voters, uint64_t key, Tally *tally) {
    int32_t row = row_of(&voters->words, key);
    if (row < 0 || voters->offsets[row] < 0 || voters->offsets[row + 1] > voters->lang_count) {
        return 0;
    }
    for (int32_t i = voters->offsets[row]; i < voters->offsets[row + 1]; i++) {
        tally->votes[voters->langs[i] % MAX_LANGUAGES]++;
    }
    return 1;
}

static int count_votes(const Voters *voters, const Sample *sample, Tally *tally) {
    uint64_t sum = 0, power = 1;
    for (Py_ssize_t i = 0; i <= sample->size; i++) {
        uint32_t code = i < sample->size ? sample->codes[i] : ' ';
        uint32_t letter = code < (uint32_t)voters->letter_count ? voters->letters[code] : UNSURE;
        if (letter == UNSURE) {
            tally->words = -1;
            return 1;
        }
        if (letter) {
            sum += ((uint64_t)letter + 1) * power; /* the polynomial of word_hashes; wraps on purpose */
            power *= BASE;
        } else if (power != 1) {
            tally->words++;
            if (!add_votes(voters, mix64(sum), tally)) {
                return 0;
            }
            sum = 0;
            power = 1;
        }
    }
    return 1;
}

static int are_voters(Voters *voters, Py_ssize_t offset_count) {
    return set_words(&voters->words) && offset_count == voters->words.key_count + 1 && voters->letter_count > ' ' &&
           voters->letter_count <= 0x110000;
}

/* Scripts, words, the language with most votes (the first of several), its votes and those of the second. */
static PyObject *outcome(const Tally *tally) {
    Py_ssize_t best = 0, second = 0;
    for (Py_ssize_t i = 1; i < MAX_LANGUAGES; i++) {
        best = tally->votes[i] > tally->votes[best] ? i : best;
    }
    for (Py_ssize_t i = 0; i < MAX_LANGUAGES; i++) {
        second = i != best && tally->votes[i] > second ? tally->votes[i] : second;
    }
    return Py_BuildValue("(nnnn)(nnnn)", tally->scripts[0], tally->scripts[1], tally->scripts[2], tally->scripts[3],
                         tally->words, best, tally->votes[best], second);
}

PyObject *language_tally(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *text, *object[5], *result = NULL;
    if (!PyArg_ParseTuple(args, "UOOOOO:language_tally", &text, &object[0], &object[1], &object[2], &object[3],
                          &object[4])) {
        return NULL;
    }
    Sample sample;
    sample.size = PyUnicode_GetLength(text);
    if (sample.size > MAX_SAMPLE) {
        return PyErr_Format(PyExc_ValueError, "language_tally: more than %d characters", (int)MAX_SAMPLE);
    }
    if (sample.size < 0 || (sample.size > 0 && !PyUnicode_AsUCS4(text, sample.codes, MAX_SAMPLE, 0))) {
        return NULL;
    }
    Views views = {.count = 0};
    Voters voters;
    Py_ssize_t offset_count;
    voters.letters = array_of(&views, object[0], 4, 0, "letters", &voters.letter_count);
    voters.words.slots = voters.letters ? array_of(&views, object[1], 4, 0, "slots", &voters.words.slot_count) : NULL;
    voters.words.keys = voters.words.slots ? array_of(&views, object[2], 8, 0, "keys", &voters.words.key_count) : NULL;
    voters.offsets = voters.words.keys ? array_of(&views, object[3], 4, 0, "offsets", &offset_count) : NULL;
    voters.langs = voters.offsets ? array_of(&views, object[4], 1, 0, "langs", &voters.lang_count) : NULL;
    if (!voters.langs) {
        goto done;
    }
    Tally tally = {{0}, 0, {0}};
    count_scripts(&sample, &tally);
    if (!are_voters(&voters, offset_count) || !count_votes(&voters, &sample, &tally)) {
        PyErr_SetString(PyExc_ValueError, "language_tally: arrays that do not fit each other");
        goto done;
    }
    result = outcome(&tally);
done:
    release_all(&views);
    return result;
}
