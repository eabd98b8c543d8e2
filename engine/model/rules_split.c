/* rules_split.c: splits.csv, and the province of one's own. See rules_split.h. */
#include "model/rules_split.h"

#include "model/rules_index.h"

enum { UNIT, SECTION, OWNER, FROM, TO, COLUMNS };
static const struct clr_rules_column columns[COLUMNS] = {
    { "unit", true, false }, { "section", false, false }, { "owner", true, false }, { "valid_from", false, false }, { "valid_to", false, false },
};
static const char file_name[] = "splits.csv";

static enum clr_status read_row(struct clr_rules_table *table, struct clr_rules_load *load, struct clr_rules_split *split, struct clr_rules_span *span)
{
    struct clr_bytes section, unit;
    int owner = -1;

    CLR_TRY(clr_rules_cell_text(table, SECTION, &section));
    CLR_TRY(clr_rules_cell_text(table, UNIT, &unit));
    CLR_TRY(clr_rules_cell_participant(table, OWNER, load->rules, &owner));
    if (owner < 0 || load->rules->participant[owner].role != CLR_ROLE_OWNER) return RULES_FAIL(table, OWNER, "this participant is not an owner", "该参与方不是业主");
    CLR_TRY(clr_rules_cell_validity(table, FROM, TO, &split->valid_from, &split->valid_to));
    split->section = clr_rules_pool_text(&load->index->pool, section);
    split->owner = (uint32_t)owner;
    *span = (struct clr_rules_span){ clr_bytes_text(clr_rules_pool_text(&load->index->pool, unit)), 0, split->valid_from, split->valid_to, table->csv.row_line };
    return CLR_OK;
}

static enum clr_status read_rows(struct clr_rules_load *load, struct clr_rules_spans *spans)
{
    struct clr_rules_index *index = load->index;
    struct clr_rules_table table;
    size_t capacity = 0;
    bool more = false;

    CLR_TRY(clr_rules_load_table(load, file_name, columns, COLUMNS, &table, &more));
    while (more) {
        struct clr_rules_span span = { { NULL, 0 }, 0, 0, 0, 0 };
        enum clr_status status;
        void *grown;

        CLR_TRY(clr_rules_table_next(&table, &more));
        if (!more) break;
        grown = clr_rules_load_room(&table, index->split, index->split_count, &capacity, CLR_RULES_ROWS_MAX, sizeof *index->split, &status);
        CLR_TRY(status);
        index->split = grown;
        CLR_TRY(read_row(&table, load, &index->split[index->split_count], &span));
        if (clr_rules_map_add(&index->splits, 0, span.key, (uint32_t)index->split_count) != CLR_OK || clr_rules_spans_add(spans, &span) != CLR_OK)
            return clr_rules_out_of_memory(load->fault, file_name);
        index->split_count++;
    }
    return clr_rules_map_seal(&index->splits) == CLR_OK ? CLR_OK : clr_rules_out_of_memory(load->fault, file_name);
}

enum clr_status clr_rules_load_splits(struct clr_rules_load *load)
{
    struct clr_rules_spans spans = { 0 };
    const enum clr_status status = read_rows(load, &spans);

    if (status == CLR_OK)
        return clr_rules_load_clash(load, &spans, file_name, "unit", "the unit belongs to another section or owner at the same time, in line %llu", "该单元同时属于另一路段或业主（第%llu行）");
    clr_rules_spans_free(&spans);
    return status;
}

enum clr_rules_unit_state clr_rules_unit(const struct clr_rules *rules, struct clr_bytes unit, clr_day day, struct clr_rules_unit *out)
{
    const struct clr_rules_index *index = clr_rules_index_of(rules);
    uint32_t count = 0;
    const uint32_t *row = clr_rules_map_find(&index->splits, 0, clr_bytes_trim(unit), &count);

    *out = (struct clr_rules_unit){ "", -1 };
    for (uint32_t i = 0; i < count; i++) {
        const struct clr_rules_split *split = &index->split[row[i]];

        if (!clr_rules_valid_on(split->valid_from, split->valid_to, day)) continue;
        *out = (struct clr_rules_unit){ split->section, clr_rules_row_on(rules, (int)split->owner, day) };
        return out->owner < 0 ? CLR_RULES_UNIT_OWNER_GONE : CLR_RULES_UNIT_FOUND;
    }
    return CLR_RULES_UNIT_UNKNOWN;
}

int clr_rules_own_province(const struct clr_rules *rules, enum clr_product product, clr_day day)
{
    int centre;
    const char *region;

    if (rules->product[product].own_province >= 0) return rules->product[product].own_province;
    centre = clr_rules_centre(rules, product, day);
    region = centre < 0 ? "" : rules->participant[centre].region;
    if (region[0] < '1' || region[0] > '9' || region[1] < '0' || region[1] > '9') return -1;
    return (region[0] - '0') * 10 + region[1] - '0';
}
