/* Pairs of articles of a table: those that pass the gate, and their numbers. */
#include <stdlib.h>
#include <string.h>

#include "pair.h"

#define KEPT_SIDES 32 /* articles made ready that are kept for later pairs of the call */
#define COLUMNS 12    /* of a table, as read_columns takes them */
#define KEPT_BYTES ((size_t)64 << 20)
#define MOST_FACTS 1000 /* asked for in one call */

typedef struct {
    Side sides[KEPT_SIDES];
    uint8_t taken[KEPT_SIDES];
    Side left; /* of the present pair: pairs come sorted by their left article */
    int has_left;
    size_t bytes;
    Work work;
} Room;

static void drop_side(Room *room, size_t place) {
    if (room->taken[place]) {
        room->bytes -= room->sides[place].bytes;
        end_side(&room->sides[place]);
        room->taken[place] = 0;
    }
}

static void drop_all(Room *room) {
    for (size_t place = 0; place < KEPT_SIDES; place++) {
        drop_side(room, place);
    }
}

static Side *left_side(Room *room, const Columns *columns, int64_t row) {
    if (!room->has_left || room->left.row != row) {
        if (room->has_left) {
            end_side(&room->left);
        }
        room->has_left = begin_side(&room->left, columns, row) == 0;
    }
    return room->has_left ? &room->left : NULL;
}

static Side *right_side(Room *room, const Columns *columns, int64_t row) {
    size_t place = (size_t)row % KEPT_SIDES;
    if (room->taken[place] && room->sides[place].row == row) {
        return &room->sides[place];
    }
    if (room->bytes > KEPT_BYTES) {
        drop_all(room);
    }
    drop_side(room, place);
    if (begin_side(&room->sides[place], columns, row) != 0) {
        return NULL;
    }
    room->taken[place] = 1;
    room->bytes += room->sides[place].bytes;
    return &room->sides[place];
}

/* 1 for a pair that passes, 0 for one that does not, -1 with an error set. */
static int compare_one(Room *room, const Columns *columns, int64_t left_row, int64_t right_row, int kept, double *out) {
    Side *left = left_side(room, columns, left_row);
    Side *right = left != NULL ? right_side(room, columns, right_row) : NULL;
    if (right == NULL) {
        return -1;
    }
    size_t before = right->bytes; /* what the pair adds to it is counted below */
    int64_t common = -1;
    int passes = kept ? 1 : passes_gate(left, right, &room->work, &common);
    if (passes == 1 && out != NULL && fill_features(left, right, &room->work, common, out) != 0) {
        return -1;
    }
    room->bytes += right->bytes - before;
    return passes;
}

/* The arrays of a table in the order of profile.columns_of; -1 with an error set. */
static int read_columns(Views *views, PyObject *const *args, Columns *columns) {
    Py_ssize_t size[COLUMNS];
    const struct {
        const void *where;
        Py_ssize_t itemsize;
        const char *name;
    } wanted[COLUMNS] = {
        {&columns->surface, 4, "surface"},   {&columns->quoted, 1, "quoted"},
        {&columns->opening, 1, "opening"},   {&columns->token_offsets, 8, "token_offsets"},
        {&columns->term, 4, "term"},         {&columns->root, 4, "root"},
        {&columns->weight, 4, "weight"},     {&columns->fact, 1, "fact"},
        {&columns->sentence, 4, "sentence"}, {&columns->position, 4, "position"},
        {&columns->content_offsets, 8, "content_offsets"}, {&columns->sentences, 4, "sentences"},
    };
    for (int i = 0; i < COLUMNS; i++) {
        void *data = array_of(views, args[i], wanted[i].itemsize, 0, wanted[i].name, &size[i]);
        if (data == NULL) {
            return -1;
        }
        memcpy((void *)wanted[i].where, &data, sizeof(data));
    }
    for (int i = 1; i < 3; i++) {
        if (size[i] != size[0]) {
            PyErr_SetString(PyExc_ValueError, "columns of tokens that differ in length");
            return -1;
        }
    }
    for (int i = 5; i < 10; i++) {
        if (size[i] != size[4]) {
            PyErr_SetString(PyExc_ValueError, "columns of content stems that differ in length");
            return -1;
        }
    }
    if (size[3] != size[11] + 1 || size[10] != size[11] + 1) {
        PyErr_SetString(PyExc_ValueError, "offsets that are not one more than the articles");
        return -1;
    }
    columns->tokens = size[0];
    columns->contents = size[4];
    columns->articles = size[11];
    return 0;
}

static int compare_all(const Columns *columns, const int64_t *left, const int64_t *right, const uint8_t *kept,
                       Py_ssize_t pairs, uint8_t *passed, double *values) {
    Room *room = calloc(1, sizeof(*room));
    if (room == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    int result = 0;
    for (Py_ssize_t i = 0; i < pairs && result >= 0; i++) {
        result = compare_one(room, columns, left[i], right[i], kept[i], values ? values + i * FEATURES : NULL);
        passed[i] = result == 1;
        if ((i & 255) == 255 && result >= 0 && PyErr_CheckSignals() != 0) {
            result = -1;
        }
    }
    drop_all(room);
    if (room->has_left) {
        end_side(&room->left);
    }
    free(room->work.memory);
    free(room);
    return result < 0 ? -1 : 0;
}

PyObject *compare_pairs(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t count) {
    if (count != COLUMNS + 5) {
        PyErr_SetString(PyExc_TypeError, "compare_pairs takes 17 arrays");
        return NULL;
    }
    Views views = {.count = 0};
    Columns columns;
    Py_ssize_t size[5];
    PyObject *result = NULL;
    const int64_t *left, *right = NULL;
    const uint8_t *kept = NULL;
    uint8_t *passed = NULL;
    double *values = NULL;
    if (read_columns(&views, args, &columns) == 0 &&
        (left = array_of(&views, args[12], 8, 0, "left", &size[0])) != NULL &&
        (right = array_of(&views, args[13], 8, 0, "right", &size[1])) != NULL &&
        (kept = array_of(&views, args[14], 1, 0, "kept", &size[2])) != NULL &&
        (passed = array_of(&views, args[15], 1, 1, "passed", &size[3])) != NULL &&
        (values = array_of(&views, args[16], 8, 1, "values", &size[4])) != NULL) {
        Py_ssize_t pairs = size[0];
        if (size[1] != pairs || size[2] != pairs || size[3] != pairs || (size[4] && size[4] != pairs * FEATURES)) {
            PyErr_SetString(PyExc_ValueError, "columns of pairs that differ in length");
        } else if (compare_all(&columns, left, right, kept, pairs, passed, size[4] ? values : NULL) == 0) {
            result = Py_NewRef(Py_None);
        }
    }
    release_all(&views);
    return result;
}

/* Sentences aligned as a list of (left, right, similarity). */
static PyObject *list_aligned(const int32_t *matched, const float *values, int32_t count) {
    PyObject *list = PyList_New(0);
    for (int32_t i = 0; list != NULL && i < count; i++) {
        if (matched[i] >= 0) {
            PyObject *each = Py_BuildValue("(iid)", (int)i, (int)matched[i], (double)values[i]);
            if (each == NULL || PyList_Append(list, each) != 0) {
                Py_CLEAR(list);
            }
            Py_XDECREF(each);
        }
    }
    return list;
}

static PyObject *list_tokens(const int32_t *tokens, int32_t count) {
    PyObject *list = PyList_New(count);
    for (int32_t i = 0; list != NULL && i < count; i++) {
        PyObject *token = PyLong_FromLong(tokens[i]);
        if (token == NULL || PyList_SetItem(list, i, token) != 0) {
            Py_CLEAR(list);
        }
    }
    return list;
}

static PyObject *find_common_ground(Side *left, Side *right, int32_t most) {
    PyObject *aligned = NULL, *facts = NULL, *result = NULL;
    Work work = {NULL, 0};
    size_t sentences = (size_t)left->sentence_count;
    char *memory = malloc(sentences * (sizeof(int32_t) + sizeof(float)) + (size_t)most * sizeof(int32_t) +
                          (size_t)left->roots.count + 1);
    if (memory == NULL) {
        return PyErr_NoMemory();
    }
    int32_t *matched = (int32_t *)memory, *tokens = matched + sentences;
    float *values = (float *)(tokens + most);
    if (match_sentences(left, right, &work, matched, values) == 0) {
        int32_t count = find_shared_facts(left, right, most, tokens, (uint8_t *)(values + sentences));
        aligned = list_aligned(matched, values, left->sentence_count);
        facts = list_tokens(tokens, count);
    }
    if (aligned != NULL && facts != NULL) {
        result = PyTuple_Pack(2, aligned, facts);
    }
    Py_XDECREF(aligned);
    Py_XDECREF(facts);
    free(work.memory);
    free(memory);
    return result;
}

PyObject *common_ground(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t count) {
    if (count != COLUMNS + 3) {
        PyErr_SetString(PyExc_TypeError, "common_ground takes 12 arrays and three numbers");
        return NULL;
    }
    Views views = {.count = 0};
    Columns columns;
    Side left, right;
    PyObject *result = NULL;
    long long row = PyLong_AsLongLong(args[12]), other = PyLong_AsLongLong(args[13]), most = PyLong_AsLongLong(args[14]);
    if (PyErr_Occurred()) {
        return NULL;
    }
    if (most < 0 || most > MOST_FACTS) {
        PyErr_SetString(PyExc_ValueError, "common_ground: so many facts are not to be told");
        return NULL;
    }
    if (read_columns(&views, args, &columns) == 0 && begin_side(&left, &columns, row) == 0) {
        if (begin_side(&right, &columns, other) == 0) {
            result = find_common_ground(&left, &right, (int32_t)most);
            end_side(&right);
        }
        end_side(&left);
    }
    release_all(&views);
    return result;
}
