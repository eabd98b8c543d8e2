/*
 * szt_json.c: Shenzhen Tong open data as the publisher's API gives it: {"total":…,"data":[{…},…],"page":…,"rows":…}, in any order of keys.
 *
 * The file is read as a stream of the objects in "data". An object that is not JSON ends at its first closing brace and is malformed,
 * so the next one is read again; what stands between objects and is none is malformed, too. Everything from the closing bracket on
 * is the tail: cut() hands it out only with the last bytes of the file, so no block begins inside it. The text is UTF-8, as JSON is; a
 * profile that says GBK does not change that.
 */
#include "codecs.h"
#include "jsonwalk.h"
#include "lines.h"
#include "szt.h"

struct json_state {
    struct clr_cut cut;
    bool tail_seen, tail_good;              /* by the cutting thread, for close() */
    uint64_t rows;                          /* of the tail, UINT64_MAX when it has none */
};

static struct json_state *state_of(struct clr_codec_file *file)
{
    return (struct json_state *)(void *)file->state;
}

static uint64_t number_of(const struct clr_json_text *value)
{
    return value->kind == CLR_JSON_STRING || value->kind == CLR_JSON_NUMBER ? clr_header_number(value->text, CLR_PAD_LEFT) : UINT64_MAX;
}

/* ---- the head, up to the first object ---- */

/* Find "data":[ and, when it stands before it, "rows". */
static enum clr_json_step read_head(struct clr_json *json, uint64_t *rows)
{
    struct clr_json_text key, value;
    enum clr_json_step step;

    *rows = UINT64_MAX;
    if (json->input.size >= 3 && memcmp(json->input.data, "\xef\xbb\xbf", 3) == 0) json->at = 3;
    clr_json_blank(json);
    if (json->at >= json->input.size) return CLR_JSON_OPEN;
    if (json->input.data[json->at++] != '{') return CLR_JSON_BROKEN;
    for (bool first = true;; first = false) {
        step = clr_json_key(json, first, &key);
        if (step != CLR_JSON_GOOD) return step;
        if (clr_json_is(&key, "data")) break;
        step = clr_json_value(json, &value);
        if (step != CLR_JSON_GOOD) return step;
        if (clr_json_is(&key, "rows")) *rows = number_of(&value);
    }
    clr_json_blank(json);
    if (json->at >= json->input.size) return CLR_JSON_OPEN;
    return json->input.data[json->at++] == '[' ? CLR_JSON_GOOD : CLR_JSON_BROKEN;
}

static int sniff(struct clr_bytes head, const char *name)
{
    struct clr_json json = { .input = head };
    uint64_t rows;

    (void)name;
    if (read_head(&json, &rows) != CLR_JSON_GOOD) return 0;
    return memmem(head.data + json.at, head.size - json.at, "\"card_no\"", 9) != NULL ? 2 : 1;
}

static enum clr_status open_file(struct clr_codec_file *file, struct clr_bytes head, struct clr_fault *fault)
{
    struct clr_json json = { .input = head };
    struct json_state *state = state_of(file);

    *state = (struct json_state){ .rows = UINT64_MAX };
    file->declared_records = UINT64_MAX;
    if (head.size == 0) return clr_refuse(file, fault, "header", "{\"data\":[", clr_bytes_text("nothing"), "the file is empty", "文件为空");
    const enum clr_json_step step = read_head(&json, &file->declared_records);
    if (step == CLR_JSON_GOOD) {
        file->data_offset = json.at;
        return CLR_OK;
    }
    return clr_refuse(file, fault, "data", "{\"data\":[", clr_bytes_text(step == CLR_JSON_OPEN ? "cut off before it" : "something else"),
                      "no list named data: not this format, or cut off", "没有名为data的列表：不是此格式，或文件不完整");
}

/* ---- records: objects, and what stands where one should ---- */

struct element {
    size_t offset, size;
    bool good;                              /* an object; its members are JSON */
    bool whole;                             /* its end was seen */
};

/* Move over white space and commas. @return false at the end of the block or at the tail. */
static bool find_element(struct clr_bytes block, size_t *at)
{
    while (*at < block.size && (block.data[*at] == ',' || block.data[*at] == ' ' || block.data[*at] == '\n' || block.data[*at] == '\r' ||
                                block.data[*at] == '\t')) ++*at;
    return *at < block.size && block.data[*at] != ']';
}

/* What a walk over an object's members collects; `number` of a member is its field, 0 for keys that mean nothing here. */
struct members {
    uint8_t hints[CLR_SZT_FIELD_COUNT];     /* which field stands at which place: the same in every object of a file */
    uint64_t seen, twice;
    struct clr_json_text value[CLR_SZT_FIELD_COUNT];
};

static unsigned find_field(const struct clr_json_text *key, unsigned place, uint8_t *hints)
{
    const unsigned hint = place < CLR_SZT_FIELD_COUNT ? hints[place] : CLR_SZT_FIELD_COUNT;

    if (hint < CLR_SZT_FIELD_COUNT && clr_json_is(key, clr_szt_fields[hint].name)) return hint;
    for (unsigned i = 0; i < CLR_SZT_FIELD_COUNT; i++) {
        if (!clr_json_is(key, clr_szt_fields[i].name)) continue;
        if (place < CLR_SZT_FIELD_COUNT) hints[place] = (uint8_t)i;
        return i;
    }
    return CLR_SZT_FIELD_COUNT;
}

static void collect(struct members *members, unsigned place, const struct clr_json_text *key, const struct clr_json_text *value)
{
    const unsigned field = find_field(key, place, members->hints);

    if (field == CLR_SZT_FIELD_COUNT) return;
    if (members->seen & CLR_FIELD_BIT(field + 1)) members->twice |= CLR_FIELD_BIT(field + 1);
    members->seen |= CLR_FIELD_BIT(field + 1);
    members->value[field] = *value;
}

/* Walk the object at `at`; CLR_JSON_CLOSED and `*end` behind its brace when it is in order. `members` may be NULL. */
static enum clr_json_step walk_object(struct clr_bytes block, size_t at, size_t *end, struct members *members)
{
    const size_t limit = block.size - at > CLR_RECORD_SIZE_MAX ? CLR_RECORD_SIZE_MAX : block.size - at;
    struct clr_json json = { .input = { block.data + at, limit }, .at = 1 };
    struct clr_json_text key, value;
    enum clr_json_step step;

    if (members != NULL) members->seen = members->twice = 0;
    for (unsigned place = 0;; place++) {
        step = clr_json_key(&json, place == 0, &key);
        if (step == CLR_JSON_GOOD) step = clr_json_value(&json, &value);
        if (step != CLR_JSON_GOOD) break;
        if (members != NULL) collect(members, place, &key, &value);
    }
    *end = at + json.at;
    return step == CLR_JSON_OPEN && limit == CLR_RECORD_SIZE_MAX ? CLR_JSON_BROKEN : step;
}

/* The extent of the element at `at`. Depends on the bytes from there alone, as long as its end is in the block. */
static struct element read_element(struct clr_bytes block, size_t at, struct members *members)
{
    size_t end;

    if (block.data[at] != '{') {
        for (end = at + 1; end < block.size && block.data[end] != ',' && block.data[end] != '{' && block.data[end] != ']'; end++) continue;
        return (struct element){ at, end - at, false, end < block.size };
    }
    const enum clr_json_step step = walk_object(block, at, &end, members);
    if (step == CLR_JSON_CLOSED) return (struct element){ at, end - at, true, true };
    const uint8_t *const brace = memchr(block.data + at, '}', block.size - at);
    end = brace == NULL ? block.size : (size_t)(brace - block.data) + 1;
    return (struct element){ at, end - at, false, step == CLR_JSON_BROKEN && brace != NULL };
}

/* ---- the tail: ],"page":1,"rows":100} ---- */

static void read_tail(struct clr_bytes tail, struct json_state *state)
{
    struct clr_json json = { .input = tail, .at = 1 };
    struct clr_json_text key, value;
    enum clr_json_step step;

    state->tail_seen = true;
    while ((step = clr_json_key(&json, false, &key)) == CLR_JSON_GOOD) {
        if (clr_json_value(&json, &value) != CLR_JSON_GOOD) return;
        if (clr_json_is(&key, "rows")) state->rows = number_of(&value);
    }
    clr_json_blank(&json);
    state->tail_good = step == CLR_JSON_CLOSED && json.at == tail.size;
}

static size_t cut(struct clr_codec_file *file, struct clr_bytes buffer, bool last)
{
    struct json_state *state = state_of(file);
    size_t at = 0;

    while (find_element(buffer, &at)) {
        const struct element element = read_element(buffer, at, NULL);
        if (element.size > CLR_RECORD_SIZE_MAX) {
            clr_lines_report_long(file, &state->cut, at);
            state->cut.handed += at;
            return at;
        }
        if (!element.whole && !last) break;
        at += element.size;
    }
    if (last) {
        if (at < buffer.size) read_tail(clr_bytes_of(buffer.data + at, buffer.size - at), state);
        at = buffer.size;
    }
    state->cut.handed += at;
    return at;
}

/* ---- fields ---- */

/* The text of a value, escapes undone into raw->text; "" and a malformed record when it is no text. */
static struct clr_bytes text_of(const struct clr_json_text *value, unsigned number, struct clr_reader *reader, struct clr_raw *raw)
{
    const struct clr_bytes nothing = { NULL, 0 };

    if (value->kind == CLR_JSON_OTHER) {
        clr_raw_malformed(raw, number, CLR_RULE_JSON);
        return nothing;
    }
    if (value->kind == CLR_JSON_NULL) return nothing;
    if (!value->escapes) return value->text;
    uint8_t *const to = raw->text + reader->text_used;
    const size_t size = clr_json_unescape(value->text, to, CLR_RAW_TEXT_SIZE - reader->text_used);
    if (size == SIZE_MAX) {
        clr_raw_malformed(raw, number, CLR_RULE_JSON);
        return nothing;
    }
    reader->text_used += (unsigned)size;
    return clr_bytes_of(to, size);
}

static void decode_object(const struct members *members, struct clr_reader *reader, struct clr_raw *raw, struct clr_extra *extra)
{
    struct clr_bytes text[CLR_SZT_FIELD_COUNT];

    for (unsigned i = 0; i < CLR_SZT_FIELD_COUNT; i++) {
        if (members->twice & CLR_FIELD_BIT(i + 1)) clr_raw_malformed(raw, i + 1, CLR_RULE_JSON);
        text[i] = members->seen & CLR_FIELD_BIT(i + 1) ? text_of(&members->value[i], i + 1, reader, raw) : (struct clr_bytes){ NULL, 0 };
    }
    clr_szt_read(text, reader, raw, extra);
}

static void decode(const struct clr_codec_file *file, struct clr_bytes block, size_t *at, struct clr_raw *out, size_t max, size_t *count)
{
    struct members members = { .hints = { 0 } };
    struct clr_reader reader;
    struct clr_extra extra;

    clr_reader_init(&reader, file);
    reader.gbk = false;
    for (*count = 0; *count < max && find_element(block, at); ++*count) {
        const struct element element = read_element(block, *at, &members);
        struct clr_raw *raw = &out[*count];
        clr_raw_init(raw, &extra, &reader, CLR_PRODUCT_TRANSIT);
        raw->offset = (uint32_t)element.offset;
        raw->size = (uint32_t)element.size;
        if (element.good) decode_object(&members, &reader, raw, &extra);
        else clr_raw_malformed(raw, 0, CLR_RULE_JSON);
        *at += element.size;
    }
    if (*count < max) *at = block.size;     /* the tail, if it is here */
}

static void close_file(struct clr_codec_file *file, uint64_t records)
{
    const struct json_state *state = state_of(file);

    if (!state->tail_good) {
        clr_finding_say(clr_codec_find(file, CLR_FILE_REASON_FRAMING, records, file->size), "data", "]...}",
                        clr_bytes_text(state->tail_seen ? "a broken end" : "cut off"));
    }
    if (state->rows != UINT64_MAX) file->declared_records = state->rows;
    clr_close_count(file, records, "rows");
}

static void explain(const struct clr_codec_file *file, struct clr_bytes record,
                    void (*show)(void *context, unsigned field, struct clr_bytes text), void *context)
{
    struct members members = { .hints = { 0 } };
    size_t end;

    (void)file;
    if (record.size == 0 || record.data[0] != '{' || walk_object(record, 0, &end, &members) != CLR_JSON_CLOSED) return;
    for (unsigned i = 0; i < CLR_SZT_FIELD_COUNT; i++) {
        if (members.seen & CLR_FIELD_BIT(i + 1)) show(context, i + 1, members.value[i].text);
    }
}

const struct clr_codec clr_codec_szt_json = {
    .name = "szt-json",
    .format = CLR_FORMAT_SZT_JSON,
    .product = CLR_PRODUCT_TRANSIT,
    .unit_field = "company",
    .has_declared_day = true,
    .record_size_min = 150,
    .fields = clr_szt_field_names,
    .field_count = CLR_SZT_FIELD_COUNT,
    .sniff = sniff,
    .open = open_file,
    .cut = cut,
    .decode = decode,
    .close = close_file,
    .explain = explain,
};
