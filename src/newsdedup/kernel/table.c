/* The columns of a table of articles out of those of their tokens. Twin: text.table. */
#include "text.h"

enum { CONTENT_ARRAYS = 18, TOKEN_ARRAYS = 8, TOKEN_COLUMNS = 11 };

typedef struct {
    const int64_t *offsets;
    const uint8_t *flags;
    const uint32_t *term, *root;
    const float *weight;
    const int32_t *sentence, *start, *end;
    uint8_t *quoted, *opening;
    uint16_t *width;
    uint32_t *term_out, *root_out;
    float *weight_out;
    uint8_t *fact;
    int32_t *sentence_out, *position;
    int64_t *content_offsets;
} Table;

static Py_ssize_t count_content(const uint8_t *flags, Py_ssize_t size) {
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        count += flags[i] & IS_CONTENT;
    }
    return count;
}

static void fill_table(const Table *table, Py_ssize_t articles) {
    int64_t count = 0;
    for (Py_ssize_t article = 0; article < articles; article++) {
        table->content_offsets[article] = count;
        for (int64_t i = table->offsets[article]; i < table->offsets[article + 1]; i++) {
            uint8_t flags = table->flags[i];
            int32_t letters = table->end[i] - table->start[i];
            table->quoted[i] = (flags & IS_QUOTED) != 0;
            table->opening[i] = (flags & IS_OPENING) != 0;
            table->width[i] = (uint16_t)(letters < UINT16_MAX ? letters : UINT16_MAX);
            if (flags & IS_CONTENT) {
                table->term_out[count] = table->term[i];
                table->root_out[count] = table->root[i];
                table->weight_out[count] = table->weight[i];
                table->fact[count] = flags & IS_FACT ? (flags & IS_NUMBER ? 2 : 1) : 0;
                table->sentence_out[count] = table->sentence[i];
                table->position[count] = (int32_t)(i - table->offsets[article]);
                count++;
            }
        }
    }
    table->content_offsets[articles] = count;
}

PyObject *text_content(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *object[CONTENT_ARRAYS], *result = NULL;
    if (!PyArg_ParseTuple(args, "(OOOOOOOO)(OOOOOOOOOO):text_content", &object[0], &object[1], &object[2], &object[3],
                          &object[4], &object[5], &object[6], &object[7], &object[8], &object[9], &object[10],
                          &object[11], &object[12], &object[13], &object[14], &object[15], &object[16], &object[17])) {
        return NULL;
    }
    static const int widths[CONTENT_ARRAYS] = {8, 1, 4, 4, 4, 4, 4, 4, 1, 1, 2, 4, 4, 4, 1, 4, 4, 8};
    Views views = {.count = 0};
    Py_ssize_t size[CONTENT_ARRAYS];
    void *data[CONTENT_ARRAYS];
    for (int i = 0; i < CONTENT_ARRAYS; i++) {
        data[i] = array_of(&views, object[i], widths[i], i >= TOKEN_ARRAYS, "a column of the table", &size[i]);
        if (!data[i]) {
            goto done;
        }
    }
    Table table = {data[0], data[1],  data[2],  data[3],  data[4],  data[5],  data[6],  data[7],  data[8],
                   data[9], data[10], data[11], data[12], data[13], data[14], data[15], data[16], data[17]};
    int fits = are_bounds(table.offsets, size[0], size[1]) && size[17] == size[0];
    Py_ssize_t content = count_content(table.flags, size[1]);
    for (int i = 2; i < 17; i++) {
        fits = fits && size[i] == (i < TOKEN_COLUMNS ? size[1] : content);
    }
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "text_content: arrays that do not fit each other");
        goto done;
    }
    fill_table(&table, size[0] - 1);
    result = Py_NewRef(Py_None);
done:
    release_all(&views);
    return result;
}
