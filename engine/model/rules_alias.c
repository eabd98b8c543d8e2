/*
 * rules_alias.c: the aliases of participants.csv, and who stands behind a code read from a file.
 *
 * `format.field:value` joined by ';'; value exact, or `prefix*`. One map holds both: exact values in the space of (format, field),
 * prefixes CLR_RULES_ALIAS_SPACES further. A look-up hashes the value once, and once for each length that a prefix of its space has.
 */
#include "model/rules_index.h"

#define VALUE_MAX 255

static const char *const fields[CLR_RULES_ALIAS_FIELD_COUNT] = { CLR_RULES_ALIAS_FIELDS };
static const char file_name[] = "participants.csv";
static const char column_name[] = "aliases";

struct alias {
    uint32_t space;                           /* of the exact value */
    bool prefix;
    struct clr_bytes value;                   /* without the star */
};

int clr_rules_alias_field(struct clr_bytes name)
{
    for (int i = 0; i < CLR_RULES_ALIAS_FIELD_COUNT; i++) {
        if (clr_bytes_equal(clr_bytes_text(fields[i]), name)) return i;
    }
    return -1;
}

/* Cut `*text` at the first `mark`: what stands before it is returned, what follows stays. False when there is none. */
static bool cut(struct clr_bytes *text, char mark, struct clr_bytes *before)
{
    const uint8_t *at = text->size == 0 ? NULL : memchr(text->data, mark, text->size);

    if (at == NULL) return false;
    *before = clr_bytes_of(text->data, (size_t)(at - text->data));
    *text = clr_bytes_of(at + 1, text->size - before->size - 1);
    return true;
}

static enum clr_status fail(struct clr_rules_load *load, uint64_t line, struct clr_bytes alias, const char *en, const char *zh)
{
    return clr_rules_place(load->fault, file_name, line, column_name, alias, clr_fault_say(load->fault, CLR_USAGE, en, zh));
}

static enum clr_status read_value(struct clr_rules_load *load, uint64_t line, struct clr_bytes text, struct alias *alias)
{
    const uint8_t *star = alias->value.size == 0 ? NULL : memchr(alias->value.data, '*', alias->value.size);

    if (alias->value.size == 0) return fail(load, line, text, "an alias without a value", "别名缺少取值");
    alias->prefix = star != NULL;
    if (star != NULL && star != alias->value.data + alias->value.size - 1)
        return fail(load, line, text, "the star of an alias stands at its end", "别名中的星号只能在末尾");
    alias->value.size -= alias->prefix;
    if (alias->value.size > (alias->prefix ? (size_t)CLR_RULES_PREFIX_MAX : VALUE_MAX))
        return fail(load, line, text, "an alias value has at most 255 bytes, a prefix 63", "别名取值最长255字节，前缀最长63字节");
    return CLR_OK;
}

static enum clr_status read_alias(struct clr_rules_load *load, uint64_t line, struct clr_bytes text, struct alias *alias)
{
    struct clr_bytes rest = text, format, field;
    int format_number, field_number;

    if (!cut(&rest, '.', &format) || !cut(&rest, ':', &field))
        return fail(load, line, text, "an alias is format.field:value, several joined by ';'", "别名的格式为“格式名.字段:取值”，多个以分号分隔");
    format_number = clr_format_find(format);
    field_number = clr_rules_alias_field(field);
    if (format_number < 0) return fail(load, line, text, "the alias names an unknown format", "别名中的格式名未知");
    if (field_number < 0)
        return fail(load, line, text, "the field of an alias is city unit issuer merchant company network provider station or area",
                    "别名的字段应为city unit issuer merchant company network provider station area之一");
    alias->space = (uint32_t)(format_number * CLR_RULES_ALIAS_FIELD_COUNT + field_number);
    alias->value = clr_bytes_trim(rest);
    return read_value(load, line, text, alias);
}

/* Issuers are one group, those who accept cards another; any other role stands for itself. */
static enum clr_role group_of(enum clr_role role)
{
    return role == CLR_ROLE_OWNER || role == CLR_ROLE_AGENCY ? CLR_ROLE_ACQUIRER : role;
}

/* A value may stand for one participant at a time in each group and product. */
static enum clr_status add_spans(struct clr_rules_spans *spans, const struct clr_participant *participant, const struct alias *alias, uint64_t line)
{
    const uint32_t space = (alias->space * 2 + alias->prefix) * CLR_ROLE_COUNT + group_of(participant->role);

    for (uint32_t product = 0; product < CLR_PRODUCT_COUNT; product++) {
        const struct clr_rules_span span = { alias->value, space * CLR_PRODUCT_COUNT + product, participant->valid_from, participant->valid_to, line };

        if (participant->product < 0 || participant->product == (int)product) CLR_TRY(clr_rules_spans_add(spans, &span));
    }
    return CLR_OK;
}

static enum clr_status add_alias(struct clr_rules_load *load, struct clr_rules_spans *spans, size_t row, const struct alias *alias, uint64_t line)
{
    struct clr_rules_index *index = load->index;

    if (alias->prefix) index->alias_lengths[alias->space] |= UINT64_C(1) << alias->value.size;
    CLR_TRY(clr_rules_map_add(&index->aliases, alias->space + (alias->prefix ? CLR_RULES_ALIAS_SPACES : 0), alias->value, (uint32_t)row));
    return add_spans(spans, &load->rules->participant[row], alias, line);
}

static enum clr_status read_cell(struct clr_rules_load *load, struct clr_rules_spans *spans, size_t row, struct clr_bytes cell, uint64_t line)
{
    while (cell.size > 0) {
        struct clr_bytes text;
        struct alias alias = { 0 };

        if (!cut(&cell, ';', &text)) {
            text = cell;
            cell.size = 0;
        }
        text = clr_bytes_trim(text);
        if (text.size == 0) continue;
        CLR_TRY(read_alias(load, line, text, &alias));
        CLR_TRY(add_alias(load, spans, row, &alias, line));
    }
    return CLR_OK;
}

enum clr_status clr_rules_load_aliases(struct clr_rules_load *load, const char *const *aliases, const uint64_t *line)
{
    struct clr_rules_spans spans = { 0 };
    enum clr_status status = CLR_OK;

    for (size_t i = 0; i < load->rules->participant_count && status == CLR_OK; i++)
        status = read_cell(load, &spans, i, clr_bytes_text(aliases[i]), line[i]);
    if (status == CLR_OK) status = clr_rules_map_seal(&load->index->aliases);
    if (status != CLR_OK) {
        clr_rules_spans_free(&spans);
        return status;
    }
    return clr_rules_load_clash(load, &spans, file_name, column_name, "the alias stands for another participant at the same time, in line %llu",
                                "该别名同时指向另一参与方（第%llu行）");
}

/* ---- look-up ---- */

struct query {
    const struct clr_rules *rules;
    enum clr_role group;
    int product;
    clr_day day;
};

static int pick(const struct query *query, uint32_t space, struct clr_bytes value)
{
    uint32_t count = 0;
    const uint32_t *row = clr_rules_map_find(&clr_rules_index_of(query->rules)->aliases, space, value, &count);

    for (uint32_t i = 0; i < count; i++) {
        const struct clr_participant *participant = &query->rules->participant[row[i]];

        if (group_of(participant->role) == query->group && (participant->product < 0 || participant->product == query->product)
            && clr_rules_valid_on(participant->valid_from, participant->valid_to, query->day))
            return (int)row[i];
    }
    return -1;
}

/* The first letters tell the fields apart; one comparison confirms. */
static int field_number(const char *field)
{
    static const int8_t by_letter[26] = { ['a' - 'a'] = 9, ['c' - 'a'] = 1, ['i' - 'a'] = 3, ['m' - 'a'] = 4, ['n' - 'a'] = 6, ['p' - 'a'] = 7, ['s' - 'a'] = 8, ['u' - 'a'] = 2 };
    int number;

    if (field[0] < 'a' || field[0] > 'z') return -1;
    number = by_letter[field[0] - 'a'] - 1;
    if (number == 0 && field[1] == 'o') number = 4;
    return number >= 0 && strcmp(fields[number], field) == 0 ? number : -1;
}

int clr_rules_alias(const struct clr_rules *rules, enum clr_role role, enum clr_product product, enum clr_format format,
                    const char *field, struct clr_bytes value, clr_day day)
{
    const struct query query = { rules, group_of(role), (int)product, day };
    const int number = field_number(field);
    uint32_t space;
    uint64_t lengths;
    int found;

    value = clr_bytes_trim(value);
    if (number < 0 || value.size == 0 || (unsigned)format >= CLR_FORMAT_COUNT) return -1;
    space = (uint32_t)((int)format * CLR_RULES_ALIAS_FIELD_COUNT + number);
    found = pick(&query, space, value);
    lengths = clr_rules_index_of(rules)->alias_lengths[space];
    if (value.size < CLR_RULES_PREFIX_MAX) lengths &= (UINT64_C(2) << value.size) - 1;
    while (found < 0 && lengths != 0) {
        const unsigned length = 63 - (unsigned)__builtin_clzll(lengths);

        found = pick(&query, space + CLR_RULES_ALIAS_SPACES, clr_bytes_of(value.data, length));
        lengths &= ~(UINT64_C(1) << length);
    }
    return found;
}
