/* Which sentences of two texts are one sentence, unchanged or edited, and which tell something new. */
#include "edits.h"
#include <stdlib.h>
#include <string.h>

#define SHINGLE 3

const uint32_t *words_of(const Text *text, Py_ssize_t sentence, Py_ssize_t *size) {
    int64_t end = sentence + 1 < text->count ? text->first[sentence + 1] : text->size;
    *size = (Py_ssize_t)(end - text->first[sentence]);
    return text->words + text->first[sentence];
}

static int check_text(const Text *text) {
    for (Py_ssize_t i = 0; i < text->contents; i++) {
        if (text->position[i] < (i ? text->position[i - 1] + 1 : 0) || text->position[i] >= text->size) {
            PyErr_SetString(PyExc_ValueError, "content words of sentences: not rising places of tokens");
            return 0;
        }
    }
    for (Py_ssize_t i = 0; i < text->count; i++) {
        if (text->first[i] < (i ? text->first[i - 1] + 1 : 0) || text->first[i] >= text->size) {
            PyErr_SetString(PyExc_ValueError, "sentences: not rising places of tokens");
            return 0;
        }
    }
    return 1;
}

static int same_words(const uint32_t *one, const uint32_t *other, Py_ssize_t size) {
    return memcmp(one, other, (size_t)size * sizeof *one) == 0;
}

/* Runs of SHINGLE words, compared word for word; of equal ones the first that was put in is kept. */
typedef struct {
    int64_t *place;
    int64_t *owner;
    const uint32_t *words;
    size_t mask;
} Shingles;

static int make_shingles(Shingles *table, const uint32_t *words, Py_ssize_t most) {
    size_t places = places_for(most);
    table->words = words;
    table->mask = places - 1;
    table->place = filled(places);
    table->owner = filled(places);
    return table->place && table->owner;
}

static void free_shingles(Shingles *table) {
    free(table->place);
    free(table->owner);
}

/* Where the run stands in the table, or the free place where it would stand. */
static size_t find_shingle(const Shingles *table, const uint32_t *run) {
    size_t at = (size_t)hash_words(run, SHINGLE) & table->mask;
    while (table->place[at] >= 0 && !same_words(table->words + table->place[at], run, SHINGLE)) {
        at = (at + 1) & table->mask;
    }
    return at;
}

static void add_shingles(Shingles *table, const uint32_t *words, Py_ssize_t size, int64_t owner) {
    for (Py_ssize_t i = 0; i + SHINGLE <= size; i++) {
        size_t at = find_shingle(table, words + i);
        if (table->place[at] < 0) {
            table->place[at] = words + i - table->words;
            table->owner[at] = owner;
        }
    }
}

/* Sentences of the same words; of several each takes the first that is left. */
static int find_unchanged(Text *left, Text *right, int32_t *same) {
    size_t places = places_for(right->count);
    int64_t *head = filled(places), *next = filled((size_t)right->count + 1);
    int done = head && next;
    for (Py_ssize_t b = right->count - 1; done && b >= 0; b--) {
        Py_ssize_t size;
        const uint32_t *words = words_of(right, b, &size);
        size_t at = (size_t)hash_words(words, size) & (places - 1);
        next[b] = head[at];
        head[at] = b;
    }
    for (Py_ssize_t a = 0; done && a < left->count; a++) {
        Py_ssize_t size, other_size;
        const uint32_t *words = words_of(left, a, &size);
        for (int64_t *link = &head[(size_t)hash_words(words, size) & (places - 1)]; *link >= 0; link = &next[*link]) {
            const uint32_t *other = words_of(right, (Py_ssize_t)*link, &other_size);
            if (size == other_size && same_words(words, other, size)) {
                same[a] = (int32_t)*link;
                left->met[a] = right->met[*link] = 1;
                *link = next[*link];
                break;
            }
        }
    }
    free(head);
    free(next);
    return done;
}

typedef struct {
    double likeness;
    int32_t a, b;
} Candidate;

static int by_sides(const void *one, const void *other) {
    const Candidate *x = one, *y = other;
    return x->a != y->a ? (x->a < y->a ? -1 : 1) : (x->b > y->b) - (x->b < y->b);
}

static int by_likeness(const void *one, const void *other) {
    const Candidate *x = one, *y = other;
    int32_t far = abs(x->a - x->b), other_far = abs(y->a - y->b);
    if (x->likeness != y->likeness) {
        return x->likeness > y->likeness ? -1 : 1;
    }
    return far != other_far ? (far < other_far ? -1 : 1) : by_sides(one, other);
}

/* Pairs of sentences without counterpart that are aligned or share a run of words with the first one to hold it. */
static Py_ssize_t find_candidates(const Text *left, const Text *right, const int32_t *aligned, Py_ssize_t count,
                                  Candidate *found) {
    Shingles holders;
    Py_ssize_t size, kept = 0;
    int64_t *seen = filled((size_t)left->count + 1);
    int done = make_shingles(&holders, left->words, left->size) && seen;
    for (Py_ssize_t i = 0; i < count; i++) {
        int32_t a = aligned[2 * i] - 1, b = aligned[2 * i + 1] - 1;
        if (!left->met[a] && !right->met[b]) {
            found[kept++] = (Candidate){0.0, a, b};
        }
    }
    for (Py_ssize_t a = 0; done && a < left->count; a++) {
        const uint32_t *words = words_of(left, a, &size);
        if (!left->met[a]) {
            add_shingles(&holders, words, size, a);
        }
    }
    for (Py_ssize_t b = 0; done && b < right->count; b++) {
        const uint32_t *words = words_of(right, b, &size);
        for (Py_ssize_t i = 0; !right->met[b] && i + SHINGLE <= size; i++) {
            int64_t a = holders.owner[find_shingle(&holders, words + i)];
            if (a >= 0 && seen[a] != b) {
                seen[a] = b;
                found[kept++] = (Candidate){0.0, (int32_t)a, (int32_t)b};
            }
        }
    }
    free_shingles(&holders);
    free(seen);
    return done ? kept : -1;
}

/* Sentences that are the same but for edits: those most alike first, of equals those nearest to each other. */
static int find_edited(Text *left, Text *right, const int32_t *aligned, Py_ssize_t count, double least, int32_t *same) {
    Workspace space;
    Candidate *found = malloc(((size_t)count + (size_t)right->size + 1) * sizeof *found);
    int done = make_workspace(&space, left->size) && found;
    Py_ssize_t size = done ? find_candidates(left, right, aligned, count, found) : -1, kept = 0;
    if (size > 1) {
        qsort(found, (size_t)size, sizeof *found, by_sides);
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        if (i == 0 || by_sides(&found[i - 1], &found[i]) != 0) {
            Py_ssize_t n, m;
            const uint32_t *one = words_of(left, found[i].a, &n), *other = words_of(right, found[i].b, &m);
            found[i].likeness = likeness(&space, one, n, other, m, least);
        } else {
            found[i].likeness = -1.0;
        }
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        if (found[i].likeness >= least) {
            found[kept++] = found[i];
        }
    }
    if (kept > 1) {
        qsort(found, (size_t)kept, sizeof *found, by_likeness);
    }
    for (Py_ssize_t i = 0; i < kept; i++) {
        if (!left->met[found[i].a] && !right->met[found[i].b]) {
            same[found[i].a] = found[i].b;
            left->met[found[i].a] = right->met[found[i].b] = 1;
        }
    }
    free(found);
    free_workspace(&space);
    return size >= 0;
}

/* Of the sentences without counterpart, those of whose runs under the share `known` stands in the other text. */
static int find_new(const Text *text, const Text *other, double known, uint8_t *new_ones) {
    Shingles table;
    if (!memchr(text->met, 0, (size_t)text->count)) {
        return 1;
    }
    int done = make_shingles(&table, other->words, other->size);
    if (done) {
        add_shingles(&table, other->words, other->size, 0);
    }
    for (Py_ssize_t i = 0; done && i < text->count; i++) {
        Py_ssize_t size, shared = 0;
        const uint32_t *words = words_of(text, i, &size);
        Py_ssize_t runs = size < SHINGLE ? 0 : size - SHINGLE + 1;
        for (Py_ssize_t j = 0; !text->met[i] && j < runs; j++) {
            shared += table.place[find_shingle(&table, words + j)] >= 0;
        }
        new_ones[i] = !text->met[i] && (double)shared < known * (double)runs;
    }
    free_shingles(&table);
    return done;
}

typedef struct {
    Text left, right;
    const int32_t *aligned;
    const uint32_t *orders;
    Py_ssize_t aligned_count, order_count;
    int32_t *same;
    uint8_t *unchanged, *new_left, *new_right;
    double edited, known;
} Job;

static int check_job(const Job *job, Py_ssize_t size) {
    if (size % 2 || job->left.size > INT32_MAX || job->right.size > INT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "compare_sentences: arrays of the wrong size");
        return 0;
    }
    for (Py_ssize_t i = 0; i < job->aligned_count; i++) {
        int32_t a = job->aligned[2 * i], b = job->aligned[2 * i + 1];
        if (a < 1 || a > job->left.count || b < 1 || b > job->right.count) {
            PyErr_SetString(PyExc_ValueError, "compare_sentences: no such sentence");
            return 0;
        }
    }
    return check_text(&job->left) && check_text(&job->right);
}

static int run(Job *job) {
    Text *left = &job->left, *right = &job->right;
    memset(job->same, 0xff, (size_t)left->count * sizeof *job->same); /* -1 */
    int done = find_unchanged(left, right, job->same);
    if (done) {
        memcpy(job->unchanged, left->met, (size_t)left->count);
        /* Where one side has none left there is nothing to be found. */
        if (memchr(left->met, 0, (size_t)left->count) && memchr(right->met, 0, (size_t)right->count)) {
            done = find_edited(left, right, job->aligned, job->aligned_count, job->edited, job->same);
        }
        done = done && find_new(left, right, job->known, job->new_left) &&
               find_new(right, left, job->known, job->new_right);
    }
    if (!done) {
        PyErr_NoMemory();
    }
    return done;
}

/* Where the edited sentences differ, by the left ones. */
static PyObject *list_places(const Job *job) {
    Places places = {&job->left, &job->right, job->orders, job->order_count, {0}, NULL, PyList_New(0)};
    int ready = 0, done = 1;
    for (Py_ssize_t a = 0; places.places != NULL && done && a < job->left.count; a++) {
        if (job->same[a] < 0 || job->unchanged[a]) {
            continue;
        }
        if (!ready) {
            places.matched = malloc(((size_t)job->left.size + 1) * sizeof *places.matched);
            ready = make_workspace(&places.space, job->left.size) && places.matched;
        }
        if (!ready) {
            PyErr_NoMemory();
        }
        done = ready && add_places(&places, (int32_t)a, job->same[a]);
    }
    free(places.matched);
    free_workspace(&places.space);
    if (!done) {
        Py_CLEAR(places.places);
    }
    return places.places;
}

static PyObject *list_numbers(const int32_t *numbers, Py_ssize_t count) {
    PyObject *list = PyList_New(count);
    for (Py_ssize_t i = 0; list != NULL && i < count; i++) {
        PyObject *number = PyLong_FromLong(numbers[i]);
        if (number == NULL || PyList_SetItem(list, i, number) != 0) {
            Py_CLEAR(list);
        }
    }
    return list;
}

static PyObject *list_flagged(const uint8_t *flags, Py_ssize_t count) {
    PyObject *list = PyList_New(0);
    for (Py_ssize_t i = 0; list != NULL && i < count; i++) {
        if (flags[i]) {
            PyObject *number = PyLong_FromSsize_t(i);
            if (number == NULL || PyList_Append(list, number) != 0) {
                Py_CLEAR(list);
            }
            Py_XDECREF(number);
        }
    }
    return list;
}

static PyObject *result_of(Job *job) {
    PyObject *parts[4] = {list_numbers(job->same, job->left.count), list_flagged(job->new_left, job->left.count),
                          list_flagged(job->new_right, job->right.count), list_places(job)};
    PyObject *result = NULL;
    if (parts[0] != NULL && parts[1] != NULL && parts[2] != NULL && parts[3] != NULL) {
        result = PyTuple_Pack(4, parts[0], parts[1], parts[2], parts[3]);
    }
    for (int i = 0; i < 4; i++) {
        Py_XDECREF(parts[i]);
    }
    return result;
}

/* One block of memory for everything that a run writes down. */
static PyObject *run_job(Job *job) {
    size_t left = (size_t)job->left.count + 1, right = (size_t)job->right.count + 1;
    int32_t *memory = calloc(1, left * sizeof *memory + 3 * left + 2 * right);
    if (!memory) {
        return PyErr_NoMemory();
    }
    job->same = memory;
    job->left.met = (uint8_t *)(memory + left);
    job->unchanged = job->left.met + left;
    job->new_left = job->unchanged + left;
    job->right.met = job->new_left + left;
    job->new_right = job->right.met + right;
    PyObject *result = run(job) ? result_of(job) : NULL;
    free(memory);
    return result;
}

/* A tuple of words, first, root, fact, position. */
static int read_text(Views *views, PyObject *tuple, Text *text) {
    Py_ssize_t size[3];
    if (!PyTuple_Check(tuple) || PyTuple_Size(tuple) != 5) {
        PyErr_SetString(PyExc_TypeError, "compare_sentences: not the five columns of a text");
        return 0;
    }
    if (!(text->words = array_of(views, PyTuple_GetItem(tuple, 0), 4, 0, "words", &text->size)) ||
        !(text->first = array_of(views, PyTuple_GetItem(tuple, 1), 8, 0, "first", &text->count)) ||
        !(text->root = array_of(views, PyTuple_GetItem(tuple, 2), 4, 0, "root", &size[0])) ||
        !(text->fact = array_of(views, PyTuple_GetItem(tuple, 3), 1, 0, "fact", &size[1])) ||
        !(text->position = array_of(views, PyTuple_GetItem(tuple, 4), 4, 0, "position", &size[2]))) {
        return 0;
    }
    if (size[0] != size[1] || size[0] != size[2]) {
        PyErr_SetString(PyExc_ValueError, "columns of sentences that differ in length");
        return 0;
    }
    text->contents = size[0];
    return 1;
}

/* compare_sentences(left, right, aligned, orders, edited, known): see `held_together` in verify/counterparts.py. */
PyObject *compare_sentences(PyObject *Py_UNUSED(self), PyObject *args) {
    PyObject *left, *right, *aligned, *orders, *result = NULL;
    Py_ssize_t size;
    Views views = {.count = 0};
    Job job = {.aligned_count = 0};
    if (!PyArg_ParseTuple(args, "OOOOdd", &left, &right, &aligned, &orders, &job.edited, &job.known)) {
        return NULL;
    }
    if (read_text(&views, left, &job.left) && read_text(&views, right, &job.right) &&
        (job.aligned = array_of(&views, aligned, 4, 0, "aligned", &size)) &&
        (job.orders = array_of(&views, orders, 4, 0, "orders", &job.order_count))) {
        job.aligned_count = size / 2;
        if (check_job(&job, size)) {
            result = run_job(&job);
        }
    }
    release_all(&views);
    return result;
}
