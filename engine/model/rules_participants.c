/*
 * rules_participants.c: participants.csv: the parties, the chains of rows of one code, and who settles through whom.
 *
 * Checked here: codes and roles, overlapping validity, references, chains of settles_via and parent without a cycle on any day, a
 * settlement member that is valid as long as the row that names it, one centre a product and day.
 */
#include <stdlib.h>

#include "model/rules_index.h"

enum { CODE, ROLE, PRODUCT, REGION, PARENT, VIA, ACCOUNT, BANK, NAME_ZH, NAME_EN, ALIASES, FROM, TO, COLUMNS };
static const struct clr_rules_column columns[COLUMNS] = {
    { "code", true, false },       { "role", true, false },       { "product", true, false },  { "region", false, false },
    { "parent", false, false },    { "settles_via", false, false }, { "account", false, false }, { "bank", false, false },
    { "name_zh", false, false },   { "name_en", false, false },   { "aliases", false, false },
    { "valid_from", false, false }, { "valid_to", false, false },
};
static const char file_name[] = "participants.csv";

/* What a row says by code, until all rows are read. */
struct source {
    const char **parent, **via, **aliases;
    uint64_t *line;
};

static enum clr_status read_code(struct clr_rules_table *table, struct clr_rules_load *load, struct clr_participant *participant)
{
    struct clr_bytes code;

    CLR_TRY(clr_rules_cell_code(table, CODE, &code));
    if (clr_bytes_equal(code, clr_bytes_text("acquirer")) || clr_bytes_equal(code, clr_bytes_text("issuer")))
        return RULES_FAIL(table, CODE, "this word means a side in fees.csv; choose another code", "该词在fees.csv中表示一方；请换用其他代码");
    participant->code = clr_rules_pool_text(&load->index->pool, code);
    return CLR_OK;
}

static enum clr_status read_text(struct clr_rules_table *table, unsigned column, struct clr_rules_load *load, const char **out)
{
    struct clr_bytes text;

    CLR_TRY(clr_rules_cell_text(table, column, &text));
    *out = clr_rules_pool_text(&load->index->pool, text);
    return CLR_OK;
}

static enum clr_status read_texts(struct clr_rules_table *table, struct clr_rules_load *load, struct clr_participant *participant)
{
    CLR_TRY(read_text(table, REGION, load, &participant->region));
    CLR_TRY(read_text(table, ACCOUNT, load, &participant->account));
    CLR_TRY(read_text(table, BANK, load, &participant->bank));
    CLR_TRY(read_text(table, NAME_ZH, load, &participant->name_zh));
    CLR_TRY(read_text(table, NAME_EN, load, &participant->name_en));
    /* Something to show in every language. */
    if (participant->name_zh[0] == '\0') participant->name_zh = participant->name_en[0] != '\0' ? participant->name_en : participant->code;
    if (participant->name_en[0] == '\0') participant->name_en = participant->name_zh;
    return CLR_OK;
}

static enum clr_status read_row(struct clr_rules_table *table, struct clr_rules_load *load, struct source *source, size_t row)
{
    struct clr_participant *participant = &load->rules->participant[row];
    int role = 0;

    CLR_TRY(read_code(table, load, participant));
    CLR_TRY(clr_rules_cell_word(table, ROLE, &clr_rules_roles, false, &role));
    participant->role = (enum clr_role)role;
    CLR_TRY(clr_rules_cell_word(table, PRODUCT, &clr_rules_products, true, &participant->product));
    CLR_TRY(read_texts(table, load, participant));
    CLR_TRY(clr_rules_cell_validity(table, FROM, TO, &participant->valid_from, &participant->valid_to));
    participant->parent = participant->settles_via = -1;
    source->parent[row] = clr_rules_pool_text(&load->index->pool, clr_rules_cell(table, PARENT));
    source->via[row] = clr_rules_pool_text(&load->index->pool, clr_rules_cell(table, VIA));
    source->aliases[row] = clr_rules_pool_text(&load->index->pool, clr_rules_cell(table, ALIASES));
    source->line[row] = table->csv.row_line;
    return CLR_OK;
}

static enum clr_status make_room(struct clr_rules_table *table, struct clr_rules *rules, struct source *source, size_t *capacity)
{
    void *arrays[] = { rules->participant, source->parent, source->via, source->aliases, source->line };
    const size_t sizes[] = { sizeof *rules->participant, sizeof *source->parent, sizeof *source->via, sizeof *source->aliases, sizeof *source->line };
    size_t grown = *capacity;
    enum clr_status status = CLR_OK;

    for (size_t i = 0; i < 5 && status == CLR_OK; i++) {
        void *array;

        grown = *capacity;
        array = clr_rules_load_room(table, arrays[i], rules->participant_count, &grown, CLR_RULES_PARTICIPANTS_MAX, sizes[i], &status);
        if (status == CLR_OK) arrays[i] = array;
    }
    rules->participant = arrays[0];
    source->parent = arrays[1];
    source->via = arrays[2];
    source->aliases = arrays[3];
    source->line = arrays[4];
    if (status == CLR_OK) *capacity = grown;
    return status;
}

static enum clr_status read_rows(struct clr_rules_load *load, struct source *source)
{
    struct clr_rules *rules = load->rules;
    struct clr_rules_table table;
    size_t capacity = 0;
    bool more = false;

    CLR_TRY(clr_rules_load_table(load, file_name, columns, COLUMNS, &table, &more));
    while (more) {
        CLR_TRY(clr_rules_table_next(&table, &more));
        if (!more) break;
        CLR_TRY(make_room(&table, rules, source, &capacity));
        CLR_TRY(read_row(&table, load, source, rules->participant_count));
        rules->participant_count++;
    }
    return CLR_OK;
}

/* ---- codes and their chains ---- */

static enum clr_status chain_codes(struct clr_rules_load *load)
{
    struct clr_rules_index *index = load->index;
    const size_t count = load->rules->participant_count;

    index->head = malloc((count + 1) * sizeof *index->head);
    index->next = malloc((count + 1) * sizeof *index->next);
    if (index->head == NULL || index->next == NULL) return CLR_FULL;
    for (size_t i = 0; i < count; i++)
        CLR_TRY(clr_rules_map_add(&index->codes, 0, clr_bytes_text(load->rules->participant[i].code), (uint32_t)i));
    CLR_TRY(clr_rules_map_seal(&index->codes));
    for (size_t i = 0; i < count; i++) {
        uint32_t rows = 0;
        const uint32_t *row = clr_rules_map_find(&index->codes, 0, clr_bytes_text(load->rules->participant[i].code), &rows);

        if (row[0] != i) continue;
        for (uint32_t n = 0; n < rows; n++) {
            index->head[row[n]] = (int)i;
            index->next[row[n]] = n + 1 < rows ? (int)row[n + 1] : -1;
        }
    }
    return CLR_OK;
}

int clr_rules_head(const struct clr_rules *rules, struct clr_bytes code)
{
    uint32_t count = 0;
    const uint32_t *row = clr_rules_map_find(&clr_rules_index_of(rules)->codes, 0, code, &count);

    return count == 0 ? -1 : (int)row[0];
}

int clr_rules_row_on(const struct clr_rules *rules, int head, clr_day day)
{
    const struct clr_rules_index *index = clr_rules_index_of(rules);
    int found = -1;

    for (int row = head; row >= 0; row = index->next[row]) {
        if (!clr_rules_valid_on(rules->participant[row].valid_from, rules->participant[row].valid_to, day)) continue;
        found = row;
        if (day != CLR_DAY_NONE) break;
    }
    return found;
}

int clr_rules_participant(const struct clr_rules *rules, struct clr_bytes code, clr_day day)
{
    return clr_rules_row_on(rules, clr_rules_head(rules, code), day);
}

static enum clr_status check_codes(struct clr_rules_load *load, const struct source *source)
{
    struct clr_rules_spans spans = { 0 };

    for (size_t i = 0; i < load->rules->participant_count; i++) {
        const struct clr_participant *participant = &load->rules->participant[i];
        const struct clr_participant *first = &load->rules->participant[load->index->head[i]];
        const struct clr_bytes code = clr_bytes_text(participant->code);
        const struct clr_rules_span span = { code, 0, participant->valid_from, participant->valid_to, source->line[i] };

        if (participant->role != first->role) {
            clr_rules_spans_free(&spans);
            return clr_rules_place(load->fault, file_name, source->line[i], "role", code,
                                   clr_fault_say(load->fault, CLR_USAGE, "this code has another role in line %llu", "该代码在第%llu行为另一角色", (unsigned long long)source->line[load->index->head[i]]));
        }
        if (clr_rules_spans_add(&spans, &span) != CLR_OK) {
            clr_rules_spans_free(&spans);
            return CLR_FULL;
        }
    }
    return clr_rules_load_clash(load, &spans, file_name, "code", "the validity of this code overlaps that of line %llu", "该代码的有效期与第%llu行重叠");
}

/* ---- references ---- */

static enum clr_status unknown(struct clr_rules_load *load, uint64_t line, const char *column, const char *code)
{
    const enum clr_status status = clr_fault_say(load->fault, CLR_USAGE, "no participant has the code %s", "没有代码为%s的参与方", code);

    return clr_rules_place(load->fault, file_name, line, column, clr_bytes_text(code), status);
}

/* A region is free text until the folder lists regions; then a row must name one of them. */
static enum clr_status check_region(struct clr_rules_load *load, size_t row, uint64_t line, bool listed)
{
    const char *region = load->rules->participant[row].region;
    const int head = listed && region[0] != '\0' ? clr_rules_head(load->rules, clr_bytes_text(region)) : -1;

    if (!listed || region[0] == '\0' || (head >= 0 && load->rules->participant[head].role == CLR_ROLE_REGION)) return CLR_OK;
    return unknown(load, line, "region", region);
}

static enum clr_status resolve(struct clr_rules_load *load, const struct source *source)
{
    bool listed = false;

    for (size_t i = 0; i < load->rules->participant_count; i++) listed = listed || load->rules->participant[i].role == CLR_ROLE_REGION;
    for (size_t i = 0; i < load->rules->participant_count; i++) {
        struct clr_participant *participant = &load->rules->participant[i];

        CLR_TRY(check_region(load, i, source->line[i], listed));
        participant->parent = clr_rules_head(load->rules, clr_bytes_text(source->parent[i]));
        participant->settles_via = clr_rules_head(load->rules, clr_bytes_text(source->via[i]));
        if (participant->parent < 0 && source->parent[i][0] != '\0') return unknown(load, source->line[i], "parent", source->parent[i]);
        if (participant->settles_via < 0 && source->via[i][0] != '\0') return unknown(load, source->line[i], "settles_via", source->via[i]);
    }
    return CLR_OK;
}

/* Are the rows of a code valid on every day of from..to? */
static bool covered(const struct clr_rules *rules, int head, clr_day from, clr_day to)
{
    for (;;) {
        int row = head;

        while (row >= 0 && !(rules->participant[row].valid_from <= from && from <= rules->participant[row].valid_to)) row = clr_rules_index_of(rules)->next[row];
        if (row < 0) return false;
        if (rules->participant[row].valid_to >= to) return true;
        from = rules->participant[row].valid_to + 1;
    }
}

static int reference(const struct clr_participant *participant, bool via)
{
    return via ? participant->settles_via : participant->parent;
}

/* Follow a reference over the days from..to on which every step so far is valid; false when it leads back to `start` or too far. */
static bool ends(const struct clr_rules *rules, int row, bool via, int start, clr_day from, clr_day to, unsigned steps)
{
    const int head = reference(&rules->participant[row], via);

    if (head < 0) return true;
    if (head == start || steps == CLR_RULES_STEPS_MAX) return false;
    for (int next = head; next >= 0; next = clr_rules_index_of(rules)->next[next]) {
        const struct clr_participant *step = &rules->participant[next];

        if (!clr_rules_overlap(step->valid_from, step->valid_to, from, to)) continue;
        if (!ends(rules, next, via, start, step->valid_from > from ? step->valid_from : from, step->valid_to < to ? step->valid_to : to, steps + 1)) return false;
    }
    return true;
}

static enum clr_status check_chain(struct clr_rules_load *load, size_t row, bool via, uint64_t line)
{
    const struct clr_participant *participant = &load->rules->participant[row];
    const int head = reference(participant, via);
    const char *column = via ? "settles_via" : "parent";
    enum clr_status status;

    if (head < 0) return CLR_OK;
    if (!ends(load->rules, (int)row, via, load->index->head[row], participant->valid_from, participant->valid_to, 0))
        status = clr_fault_say(load->fault, CLR_USAGE, "%s leads back to this participant, or over more than %d steps", "%s形成循环，或超过%d级", column, CLR_RULES_STEPS_MAX);
    else if (via && !covered(load->rules, head, participant->valid_from, participant->valid_to))
        status = clr_fault_say(load->fault, CLR_USAGE, "the settlement member is not valid on every day on which this row is", "结算成员的有效期未覆盖本行的有效期");
    else
        return CLR_OK;
    return clr_rules_place(load->fault, file_name, line, column, clr_bytes_text(load->rules->participant[head].code), status);
}

static enum clr_status check_chains(struct clr_rules_load *load, const struct source *source)
{
    for (size_t i = 0; i < load->rules->participant_count; i++) {
        CLR_TRY(check_chain(load, i, true, source->line[i]));
        CLR_TRY(check_chain(load, i, false, source->line[i]));
    }
    return CLR_OK;
}

int clr_rules_member(const struct clr_rules *rules, int participant, clr_day day)
{
    int at = clr_rules_row_on(rules, clr_rules_index_of(rules)->head[participant], day);

    if (at < 0) at = participant;
    for (unsigned step = 0; step < CLR_RULES_STEPS_MAX && rules->participant[at].settles_via >= 0; step++) {
        const int via = rules->participant[at].settles_via;
        const int row = clr_rules_row_on(rules, via, day);

        at = row >= 0 ? row : clr_rules_row_on(rules, via, CLR_DAY_NONE);
    }
    return at;
}

/* ---- the centre ---- */

static enum clr_status list_centres(struct clr_rules_load *load, const struct source *source, struct clr_rules_spans *spans)
{
    struct clr_rules_index *index = load->index;

    index->centre = malloc((load->rules->participant_count + 1) * sizeof *index->centre);
    if (index->centre == NULL) return CLR_FULL;
    for (size_t i = 0; i < load->rules->participant_count; i++) {
        const struct clr_participant *centre = &load->rules->participant[i];

        if (centre->role != CLR_ROLE_CENTRE) continue;
        index->centre[index->centre_count++] = (int)i;
        for (int product = 0; product < CLR_PRODUCT_COUNT; product++) {
            const struct clr_rules_span span = { clr_bytes_text(clr_product_term((unsigned)product).name), 0, centre->valid_from, centre->valid_to, source->line[i] };

            if (centre->product < 0 || centre->product == product) CLR_TRY(clr_rules_spans_add(spans, &span));
        }
    }
    return CLR_OK;
}

static enum clr_status check_centres(struct clr_rules_load *load, const struct source *source)
{
    struct clr_rules_spans spans = { 0 };

    if (list_centres(load, source, &spans) != CLR_OK) {
        clr_rules_spans_free(&spans);
        return CLR_FULL;
    }
    return clr_rules_load_clash(load, &spans, file_name, "product", "the product has a centre already, in line %llu", "该产品已有清算中心（第%llu行）");
}

int clr_rules_centre(const struct clr_rules *rules, enum clr_product product, clr_day day)
{
    const struct clr_rules_index *index = clr_rules_index_of(rules);

    for (size_t i = 0; i < index->centre_count; i++) {
        const struct clr_participant *centre = &rules->participant[index->centre[i]];

        if ((centre->product < 0 || centre->product == (int)product) && clr_rules_valid_on(centre->valid_from, centre->valid_to, day)) return index->centre[i];
    }
    return -1;
}

static enum clr_status load_with(struct clr_rules_load *load, struct source *source)
{
    CLR_TRY(read_rows(load, source));
    CLR_TRY(chain_codes(load));
    CLR_TRY(check_codes(load, source));
    CLR_TRY(resolve(load, source));
    CLR_TRY(check_chains(load, source));
    CLR_TRY(check_centres(load, source));
    return clr_rules_load_aliases(load, source->aliases, source->line);
}

enum clr_status clr_rules_load_participants(struct clr_rules_load *load)
{
    struct source source = { 0 };
    enum clr_status status = load_with(load, &source);

    if (status == CLR_FULL) clr_rules_out_of_memory(load->fault, file_name);
    free(source.parent);
    free(source.via);
    free(source.aliases);
    free(source.line);
    return status;
}
