/* One article made ready to be compared, in steps: most candidates fall at the gate and need the first one only. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "side.h"

#define BASE 0x9E3779B97F4A7C15u /* of the hashes of runs of tokens, as in text/hashing.py */
#define MAX_WEIGHT 8.0f          /* so that a weight in units fits 32 bits, and all of an article's a double */
#define MAX_LENGTH (1 << 20)

/* One block of memory, cut into arrays: first all are asked for, then all are handed out. */
typedef struct {
    void *where; /* the pointer to set */
    size_t count, size;
} Wish;

static int grant(Side *side, int step, const Wish *wishes, int count) {
    size_t total = 0;
    for (int i = 0; i < count; i++) {
        total += (wishes[i].count * wishes[i].size + 15) & ~(size_t)15;
    }
    char *next = calloc(1, total + 16);
    if (next == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    side->blocks[step] = next;
    side->bytes += total;
    for (int i = 0; i < count; i++) {
        memcpy(wishes[i].where, &next, sizeof(next)); /* whatever the pointer's type */
        next += (wishes[i].count * wishes[i].size + 15) & ~(size_t)15;
    }
    return 0;
}

#define WISH(pointer, number) \
    { &(pointer), (size_t)(number), sizeof(*(pointer)) }
#define GRANT(side, step, wishes) grant(side, step, wishes, (int)(sizeof(wishes) / sizeof((wishes)[0])))

/* The number of slots for so many values, at most half full. */
static size_t slots_for(size_t count, int *bits) {
    *bits = 4;
    while (((size_t)1 << *bits) < 2 * count) {
        (*bits)++;
    }
    return (size_t)1 << *bits;
}

static size_t set_numbers(Numbers *numbers, size_t count) {
    int bits;
    size_t slots = slots_for(count, &bits);
    numbers->mask = (uint32_t)(slots - 1);
    numbers->shift = 32 - bits;
    return slots;
}

static size_t set_hashes(Hashes *hashes, size_t count) {
    int bits;
    size_t slots = slots_for(count, &bits);
    hashes->mask = slots - 1;
    hashes->shift = 64 - bits;
    return slots;
}

/* The slot of a value, or the free one where it would stand. */
static Slot *slot_of(const Numbers *numbers, uint32_t value) {
    uint32_t place = (value * 0x9E3779B1u) >> numbers->shift;
    while (numbers->slots[place].number && numbers->slots[place].key != value) {
        place = (place + 1) & numbers->mask;
    }
    return &numbers->slots[place];
}

static int32_t add_number(Numbers *numbers, uint32_t value) {
    Slot *slot = slot_of(numbers, value);
    if (!slot->number) {
        numbers->values[numbers->count++] = value;
        slot->key = value;
        slot->number = numbers->count;
    }
    return slot->number - 1;
}

int32_t number_of(const Numbers *numbers, uint32_t value) { return slot_of(numbers, value)->number - 1; }

static uint64_t *hash_slot(const Hashes *hashes, uint64_t hash) {
    uint64_t place = (hash * 0xFF51AFD7ED558CCDu) >> hashes->shift;
    while (hashes->slots[place] && hashes->slots[place] != hash) {
        place = (place + 1) & hashes->mask;
    }
    return &hashes->slots[place];
}

static void add_hash(Hashes *hashes, uint64_t hash) {
    if (!hash) {
        hashes->count += !hashes->has_zero;
        hashes->has_zero = 1;
        return;
    }
    uint64_t *slot = hash_slot(hashes, hash);
    hashes->count += !*slot;
    *slot = hash;
}

int has_hash(const Hashes *hashes, uint64_t hash) {
    return hash ? *hash_slot(hashes, hash) != 0 : hashes->has_zero;
}

static int wrong(const char *what) {
    PyErr_Format(PyExc_ValueError, "an article table whose %s", what);
    return -1;
}

/* A value of at least 0 in units; cutting off rounds down. */
static int32_t units_of(float value) { return (int32_t)((double)value / UNIT + 0.5); }

static int check_side(const Side *side) {
    int32_t before = 0;
    for (int32_t i = 0; i < side->length; i++) {
        if (side->sentence[i] < before || side->sentence[i] >= side->sentence_count) {
            return wrong("sentence numbers fall or run over");
        }
        if (side->position[i] < 0 || side->position[i] >= side->tokens) {
            return wrong("positions run over");
        }
        if (!(side->weight[i] >= 0 && side->weight[i] < MAX_WEIGHT)) {
            return wrong("weights are not from 0 to below 8");
        }
        before = side->sentence[i];
    }
    return 0;
}

static int find_columns(Side *side, const Columns *columns, int64_t row) {
    if (row < 0 || row >= columns->articles) {
        PyErr_SetString(PyExc_ValueError, "a pair that names no article of the table");
        return -1;
    }
    int64_t token = columns->token_offsets[row], token_end = columns->token_offsets[row + 1];
    int64_t content = columns->content_offsets[row], content_end = columns->content_offsets[row + 1];
    if (token < 0 || token_end < token || token_end > columns->tokens || content < 0 || content_end < content ||
        content_end > columns->contents) {
        return wrong("offsets run over");
    }
    int64_t tokens = token_end - token, length = content_end - content;
    if (tokens >= MAX_LENGTH || length >= MAX_LENGTH || columns->sentences[row] >= MAX_LENGTH) {
        return wrong("articles have a million tokens and more");
    }
    side->row = row;
    side->tokens = (int32_t)tokens;
    side->length = (int32_t)length;
    side->sentence_count = columns->sentences[row] > 1 ? columns->sentences[row] : 1;
    side->surface = columns->surface + token;
    side->quoted = columns->quoted + token;
    side->opening = columns->opening + token;
    side->term = columns->term + content;
    side->weight = columns->weight + content;
    side->fact = columns->fact + content;
    side->sentence = columns->sentence + content;
    side->position = columns->position + content;
    return check_side(side);
}

static void add_root(Side *side, int32_t place, uint32_t root) {
    int32_t number = add_number(&side->roots, root);
    side->root_of[place] = number;
    if (!side->fact[place]) {
        return;
    }
    if (!side->kinds[number]) {
        side->facts[side->fact_count++] = number;
    }
    int is_number = side->fact[place] == 2;
    side->number_count += is_number && !(side->kinds[number] & IS_NUMBER);
    side->figures += is_number;
    side->kinds[number] |= (uint8_t)(IS_FACT | (is_number ? IS_NUMBER : 0));
    int32_t units = units_of(side->weight[place]);
    if (units > side->fact_units[number]) {
        side->known += units - side->fact_units[number];
        side->fact_units[number] = units;
    }
}

int begin_side(Side *side, const Columns *columns, int64_t row) {
    memset(side, 0, sizeof(*side));
    if (find_columns(side, columns, row) != 0) {
        return -1;
    }
    size_t length = (size_t)side->length;
    size_t root_slots = set_numbers(&side->roots, length), code_slots = set_numbers(&side->codes, length);
    const Wish wishes[] = {
        WISH(side->roots.slots, root_slots), WISH(side->codes.slots, code_slots), WISH(side->roots.values, length),
        WISH(side->codes.values, length),    WISH(side->root_of, length),         WISH(side->code_of, length),
        WISH(side->code_counts, length),     WISH(side->fact_units, length),      WISH(side->facts, length),
        WISH(side->kinds, length),
    };
    if (GRANT(side, 0, wishes) != 0) {
        return -1;
    }
    const uint32_t *root = columns->root + columns->content_offsets[row];
    for (int32_t i = 0; i < side->length; i++) {
        add_root(side, i, root[i]);
        side->code_of[i] = add_number(&side->codes, side->term[i] % CODES);
        side->code_counts[side->code_of[i]]++;
    }
    return 0;
}

/* For each code the words of the pattern in which it stands: counted, then filled in. */
int add_stands(Side *side) {
    if (side->blocks[1] != NULL) {
        return 0;
    }
    int32_t codes = side->codes.count, *last;
    const Wish wishes[] = {
        WISH(side->stand_starts, codes + 2), WISH(last, codes + 1), WISH(side->stands, side->length + 1),
    };
    if (GRANT(side, 1, wishes) != 0) {
        return -1;
    }
    int32_t *starts = side->stand_starts + 1;
    for (int32_t i = 0; i < side->length; i++) {
        int32_t code = side->code_of[i], word = i >> 6;
        starts[code + 1] += last[code] != word + 1;
        last[code] = word + 1;
    }
    for (int32_t code = 0; code < codes; code++) {
        starts[code + 1] += starts[code];
        last[code] = -1;
    }
    /* starts[code] is where the code's list begins; it moves along with the filling, to where the next one begins. */
    for (int32_t i = 0; i < side->length; i++) {
        int32_t code = side->code_of[i], word = i >> 6;
        if (last[code] != word) {
            side->stands[starts[code]++].word = word;
            last[code] = word;
        }
        side->stands[starts[code] - 1].bits |= (uint64_t)1 << (i & 63);
    }
    return 0;
}

/* The distinct terms of each sentence, in the order of the text. */
static void add_cells(Side *side, int32_t *term_of, float *weights, int32_t *seen) {
    for (int32_t i = 0; i < side->length; i++) {
        term_of[i] = add_number(&side->terms, side->term[i]);
        weights[term_of[i]] = side->weight[i];
    }
    int32_t count = 0;
    for (int32_t i = 0; i < side->length; i++) {
        int32_t term = term_of[i], sentence = side->sentence[i];
        if (seen[term] != sentence + 1) {
            seen[term] = sentence + 1;
            side->cell_terms[count++] = term;
            side->cell_starts[sentence + 1]++;
            side->term_starts[term + 1]++;
        }
    }
    for (int32_t i = 0; i < side->sentence_count; i++) {
        side->cell_starts[i + 1] += side->cell_starts[i];
    }
    for (int32_t i = 0; i < side->terms.count; i++) {
        side->term_starts[i + 1] += side->term_starts[i];
    }
}

static void weigh_cells(Side *side, const float *weights, int32_t *filled) {
    for (int32_t sentence = 0; sentence < side->sentence_count; sentence++) {
        double squares = 0;
        int64_t sum = 0;
        int32_t start = side->cell_starts[sentence], end = side->cell_starts[sentence + 1];
        for (int32_t i = start; i < end; i++) {
            double weight = weights[side->cell_terms[i]];
            sum += units_of(weights[side->cell_terms[i]]);
            squares += weight * weight;
        }
        side->told += sum;
        side->sentence_weights[sentence] = (float)((double)sum * UNIT);
        double norm = sqrt(squares);
        norm = norm > 1e-9 ? norm : 1e-9;
        for (int32_t i = start; i < end; i++) {
            int32_t term = side->cell_terms[i];
            side->cell_cosines[i] = units_of((float)(weights[term] / norm));
            Cell *cell = &side->cells_by_term[side->term_starts[term] + filled[term]++];
            cell->sentence = sentence;
            cell->cosine = side->cell_cosines[i];
        }
    }
}

/* The sentences of each root, rising, and the distinct facts of each sentence. */
static void place_roots(Side *side, int32_t *seen, int32_t *mentioned) {
    int32_t *starts = side->root_starts + 1; /* moves along with the filling, as in add_stands */
    for (int32_t i = 0; i < side->length; i++) {
        int32_t root = side->root_of[i], mark = side->sentence[i] + 1;
        starts[root + 1] += seen[root] != mark;
        seen[root] = mark;
    }
    for (int32_t root = 0; root < side->roots.count; root++) {
        starts[root + 1] += starts[root];
        seen[root] = 0;
    }
    for (int32_t i = 0; i < side->length; i++) {
        int32_t root = side->root_of[i], mark = side->sentence[i] + 1;
        if (seen[root] != mark) {
            seen[root] = mark;
            side->root_sentences[starts[root]++] = side->sentence[i];
        }
        if (side->fact[i] && mentioned[root] != mark) {
            mentioned[root] = mark;
            side->mention_roots[side->mentions] = root;
            side->mention_sentences[side->mentions++] = side->sentence[i];
        }
    }
}

/* Hashes of runs of tokens as in text/hashing.py, but for the last mixing, which is a bijection; they wrap on purpose. */
static void add_shingles(Side *side) {
    int32_t size = side->tokens < SHINGLE ? side->tokens : SHINGLE;
    for (int32_t i = 0; size && i + size <= side->tokens; i++) {
        uint64_t hash = 0;
        for (int32_t k = size; k-- > 0;) {
            hash = hash * BASE + side->surface[i + k] + 1;
        }
        add_hash(&side->shingles, hash);
    }
}

int add_features(Side *side) {
    if (side->blocks[2] != NULL) {
        return 0;
    }
    size_t length = (size_t)side->length, sentences = (size_t)side->sentence_count + 1;
    size_t term_slots = set_numbers(&side->terms, length);
    size_t shingle_slots = set_hashes(&side->shingles, (size_t)side->tokens);
    int32_t *term_of, *seen, *mentioned;
    float *weights;
    const Wish wishes[] = {
        WISH(side->terms.slots, term_slots),    WISH(side->terms.values, length),
        WISH(side->cell_terms, length),         WISH(side->cell_starts, sentences),
        WISH(side->cell_cosines, length),       WISH(side->cells_by_term, length),
        WISH(side->term_starts, length + 1),    WISH(side->sentence_weights, sentences),
        WISH(side->root_sentences, length),     WISH(side->root_starts, length + 2),
        WISH(side->mention_roots, length),      WISH(side->mention_sentences, length),
        WISH(side->shingles.slots, shingle_slots), WISH(term_of, length),
        WISH(weights, length),                  WISH(seen, 2 * length),
        WISH(mentioned, 2 * length),
    };
    if (GRANT(side, 2, wishes) != 0) {
        return -1;
    }
    add_cells(side, term_of, weights, seen);
    weigh_cells(side, weights, seen + length);
    place_roots(side, mentioned, mentioned + length);
    add_shingles(side);
    for (int32_t i = 0; i < side->tokens; i++) {
        side->unquoted += !side->quoted[i];
    }
    return 0;
}

int add_runs(Side *side) {
    if (side->blocks[3] != NULL) {
        return 0;
    }
    side->run_count = side->tokens >= RUN ? side->tokens - RUN + 1 : 0;
    size_t slots = set_hashes(&side->runs, (size_t)side->run_count);
    const Wish wishes[] = {WISH(side->runs.slots, slots), WISH(side->run_hashes, side->run_count)};
    if (GRANT(side, 3, wishes) != 0) {
        return -1;
    }
    uint64_t last = 1, hash = 0;
    for (int k = 1; k < RUN; k++) {
        last *= BASE;
    }
    for (int32_t i = side->tokens; i-- > 0;) { /* the run that begins at i, or as much of it as the text has */
        hash -= i + RUN < side->tokens ? (side->surface[i + RUN] + (uint64_t)1) * last : 0;
        hash = hash * BASE + side->surface[i] + 1;
        if (i < side->run_count) {
            side->run_hashes[i] = hash;
            add_hash(&side->runs, hash);
        }
    }
    return 0;
}

void end_side(Side *side) {
    for (int step = 0; step < 4; step++) {
        free(side->blocks[step]);
        side->blocks[step] = NULL;
    }
}
