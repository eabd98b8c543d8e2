/* jsetc_read.c: expat's events to texts of fields. See jsetc_read.h. */
#include "jsetc_read.h"

#include <expat.h>
#include <strings.h>

#include "charset.h"
#include "digits.h"

#define DEPTH_MAX 8
#define UNKNOWN_MAX 4096
#define SIDE_SIZE 4096
#define SLICE_SIZE 65536                    /* what expat gets at once: it copies it, and it stays in the cache */

struct open_element {
    uint8_t group, field;
    unsigned hint;                          /* where the next element is looked for */
    uint64_t start;
};

struct reader {
    XML_Parser parser;
    struct clr_bytes whole;
    clr_jsetc_visit *visit;
    void *context;
    struct clr_fault *fault;
    struct clr_jsetc_trouble *trouble;
    struct clr_jsetc_texts *texts;
    enum clr_status status;                 /* once not CLR_OK, nothing more is looked at */
    enum clr_jsetc_variant part;            /* of a fragment, else CLR_JSETC_UNKNOWN */
    unsigned depth, skipping, unknown_count;
    struct open_element stack[DEPTH_MAX + 1];
    bool header_seen, body_seen, body_told, list_open, list_told;
    uint64_t message_start, list_start, record_start;
    /* the text of the field at hand */
    bool in_text, copied, too_long;
    uint16_t text_max;
    uint8_t level;
    struct clr_bytes text;
    size_t side_used[CLR_JSETC_LEVELS];
    uint8_t side[CLR_JSETC_LEVELS][SIDE_SIZE];
};

/* ---- giving up ---- */

static void stop(struct reader *reader, enum clr_status status)
{
    reader->status = status;
    XML_StopParser(reader->parser, XML_FALSE);
}

static void give_up(struct reader *reader, const char *en, const char *zh)
{
    const XML_Index at = XML_GetCurrentByteIndex(reader->parser);

    *reader->trouble = (struct clr_jsetc_trouble){ .line = XML_GetCurrentLineNumber(reader->parser), .offset = at < 0 ? 0 : (uint64_t)at, .en = en, .zh = zh };
    stop(reader, CLR_REFUSED);
}

static void note_unknown(struct reader *reader, const char *name)
{
    if (reader->texts->unknown[0] == '\0') clr_text_show(clr_bytes_text(name), reader->texts->unknown, sizeof reader->texts->unknown);
    if (++reader->unknown_count > UNKNOWN_MAX) give_up(reader, "too many unknown elements", "未知元素过多");
}

/* ---- events ---- */

static uint64_t here(const struct reader *reader)
{
    return (uint64_t)XML_GetCurrentByteIndex(reader->parser);
}

static uint64_t behind(const struct reader *reader)
{
    return here(reader) + (uint64_t)XML_GetCurrentByteCount(reader->parser);
}

static void tell(struct reader *reader, enum clr_jsetc_event event, uint64_t start, uint64_t end)
{
    if (reader->visit == NULL || reader->status != CLR_OK) return;
    reader->texts->offset = start;
    reader->texts->size = end - start;
    const enum clr_status status = reader->visit(reader->context, event, reader->texts, reader->fault);
    reader->texts->unknown[0] = '\0';
    if (status != CLR_OK) stop(reader, status);
}

/* What stands before the first list or record of the message is complete; the same of a list. */
static void tell_before(struct reader *reader, uint64_t end, bool list_too)
{
    if (!reader->body_told) tell(reader, CLR_JSETC_EVENT_BODY, reader->message_start, end);
    reader->body_told = true;
    if (!list_too || !reader->list_open || reader->list_told) return;
    reader->list_told = true;
    tell(reader, CLR_JSETC_EVENT_LIST, reader->list_start, end);
}

static void forget(struct reader *reader, unsigned level)
{
    const uint64_t keep = ~clr_jsetc_level_fields[level];
    struct clr_jsetc_texts *const texts = reader->texts;

    texts->seen &= keep;
    texts->twice &= keep;
    texts->long_text &= keep;
    texts->stray[level] = false;
    reader->side_used[level] = 0;
}

static void open_level(struct reader *reader, unsigned level, uint64_t start)
{
    if (level == CLR_JSETC_LEVEL_MESSAGE) return;
    tell_before(reader, start, level == CLR_JSETC_LEVEL_RECORD);
    forget(reader, CLR_JSETC_LEVEL_RECORD);
    if (level == CLR_JSETC_LEVEL_RECORD) {
        reader->record_start = start;
        return;
    }
    forget(reader, CLR_JSETC_LEVEL_LIST);
    reader->list_open = true;
    reader->list_told = false;
    reader->list_start = start;
}

static void close_level(struct reader *reader, unsigned level)
{
    const uint64_t end = behind(reader);

    if (level == CLR_JSETC_LEVEL_RECORD) tell(reader, CLR_JSETC_EVENT_RECORD, reader->record_start, end);
    if (level != CLR_JSETC_LEVEL_LIST) return;
    tell_before(reader, end, true);
    tell(reader, CLR_JSETC_EVENT_LIST_END, reader->list_start, end);
    reader->list_open = false;
}

/* ---- fields ---- */

static unsigned level_of(unsigned field)
{
    for (unsigned level = 0; level < CLR_JSETC_LEVELS; level++) {
        if (clr_jsetc_level_fields[level] & CLR_JSETC_BIT(field)) return level;
    }
    return CLR_JSETC_LEVEL_MESSAGE;
}

static void begin_text(struct reader *reader, unsigned field, unsigned text_max)
{
    reader->in_text = true;
    reader->copied = reader->too_long = false;
    reader->text_max = (uint16_t)text_max;
    reader->level = (uint8_t)level_of(field);
    reader->text = clr_bytes_of(reader->whole.data, 0);
}

/* Append bytes that do not stand in the message as they are, or not behind the others. */
static void copy_text(struct reader *reader, const uint8_t *data, size_t size)
{
    uint8_t *const side = reader->side[reader->level];
    const size_t used = reader->side_used[reader->level], before = reader->text.size;

    if (size > SIDE_SIZE - used || (!reader->copied && before + size > SIDE_SIZE - used)) {
        reader->too_long = true;
        return;
    }
    if (!reader->copied) {
        memcpy(side + used, reader->text.data, before);
        reader->text.data = side + used;
        reader->side_used[reader->level] += before;
        reader->copied = true;
    }
    memcpy(side + reader->side_used[reader->level], data, size);
    reader->side_used[reader->level] += size;
    reader->text.size += size;
}

static void add_text(struct reader *reader, const uint8_t *data, size_t size)
{
    const uint64_t at = here(reader);

    if (reader->too_long) return;
    if (reader->text.size + size > reader->text_max) {
        reader->too_long = true;
        return;
    }
    const bool stands = !reader->copied && at <= reader->whole.size && size <= reader->whole.size - at &&
                        memcmp(reader->whole.data + at, data, size) == 0;
    if (stands && reader->text.size == 0) reader->text = clr_bytes_of(reader->whole.data + at, size);
    else if (stands && reader->text.data + reader->text.size == reader->whole.data + at) reader->text.size += size;
    else copy_text(reader, data, size);
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static void set_field(struct clr_jsetc_texts *texts, unsigned field, struct clr_bytes text, bool told)
{
    const uint64_t bit = CLR_JSETC_BIT(field);

    while (text.size > 0 && is_blank(text.data[0])) text = clr_bytes_of(text.data + 1, text.size - 1);
    while (text.size > 0 && is_blank(text.data[text.size - 1])) text.size--;
    if (texts->seen & bit) texts->twice |= bit;
    if (told) texts->late |= bit;
    texts->seen |= bit;
    texts->text[field] = text;
}

static void end_text(struct reader *reader, unsigned field)
{
    const bool told = (reader->level == CLR_JSETC_LEVEL_MESSAGE && reader->body_told) || (reader->level == CLR_JSETC_LEVEL_LIST && reader->list_told);

    reader->in_text = false;
    if (reader->too_long) {
        reader->texts->long_text |= CLR_JSETC_BIT(field);
        reader->text.size = 0;
    }
    set_field(reader->texts, field, reader->text, told);
}

/* ---- attributes: there are three ---- */

/* The value of an attribute as it stands in the tag: quotes and what is between them are looked for there. */
static struct clr_bytes attribute_text(const struct reader *reader, const char *value)
{
    const size_t size = strlen(value);
    const uint64_t from = here(reader), left = reader->whole.size - from;
    const size_t tag = (size_t)XML_GetCurrentByteCount(reader->parser);
    const uint8_t *const found = size == 0 ? NULL : memmem(reader->whole.data + from, tag < left ? tag : left, value, size);

    return found == NULL ? clr_bytes_of(reader->whole.data, 0) : clr_bytes_of(found, size);
}

static unsigned attribute_field(unsigned group, const char *name)
{
    if (group >= CLR_JSETC_GROUP_BODY && group <= CLR_JSETC_GROUP_BODY_LAST) return strcmp(name, "ContentType") == 0 ? CLR_JSETC_CONTENT : 0;
    if (group != CLR_JSETC_GROUP_TOTALS_LIST) return 0;
    return strcmp(name, "MessageCount") == 0 ? CLR_JSETC_LIST_MESSAGES : strcmp(name, "FileCount") == 0 ? CLR_JSETC_LIST_FILES : 0;
}

static void read_attributes(struct reader *reader, unsigned group, const char **attributes)
{
    for (; attributes[0] != NULL; attributes += 2) {
        const unsigned field = attribute_field(group, attributes[0]);
        if (field == 0) note_unknown(reader, attributes[0]);
        else set_field(reader->texts, field, attribute_text(reader, attributes[1]), false);
    }
}

/* ---- elements ---- */

/* A number of at most two digits, 0 for anything else. */
static unsigned small_number(const struct clr_jsetc_texts *texts, unsigned field)
{
    const struct clr_bytes text = texts->text[field];
    unsigned value = 0;

    if (!(texts->seen & CLR_JSETC_BIT(field)) || text.size == 0 || text.size > 2) return 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') return 0;
        value = value * 10 + (text.data[i] - '0');
    }
    return value;
}

/* The body's variant is in the header before it and in its own attribute. */
static unsigned open_body(struct reader *reader)
{
    struct clr_jsetc_texts *const texts = reader->texts;

    if (reader->body_seen) {
        give_up(reader, "a second Body", "Body重复");
        return CLR_JSETC_GROUP_BODY;
    }
    reader->body_seen = true;
    texts->variant = clr_jsetc_variant_of(small_number(texts, CLR_JSETC_CLASS), small_number(texts, CLR_JSETC_TYPE), small_number(texts, CLR_JSETC_CONTENT));
    if (texts->variant == CLR_JSETC_UNKNOWN)
        give_up(reader, "a message of a class, type and content that are not known here", "消息类别、类型或内容类型未知");
    return CLR_JSETC_GROUP_BODY + (unsigned)texts->variant;
}

/* Elements of a fragment's variant that are events of their own, and the message itself. */
static const struct clr_jsetc_node *find_part(const struct reader *reader, const char *name)
{
    const struct clr_jsetc_group *const body = &clr_jsetc_groups[CLR_JSETC_GROUP_BODY + reader->part];
    unsigned hint = 0;

    const struct clr_jsetc_node *node = clr_jsetc_node_find(CLR_JSETC_GROUP_ROOT, name, &hint);
    if (node != NULL) return node;
    for (unsigned i = 0; i < body->count; i++) {
        if (body->nodes[i].group == 0) continue;
        if (strcmp(body->nodes[i].name, name) == 0) return &body->nodes[i];
        hint = 0;
        node = clr_jsetc_node_find(body->nodes[i].group, name, &hint);
        if (node != NULL && node->group != 0) return node;
    }
    return NULL;
}

static const struct clr_jsetc_node *find_node(struct reader *reader, const char *name)
{
    struct open_element *const parent = &reader->stack[reader->depth];

    if (parent->field != 0) return NULL;
    if (reader->depth == 0 && reader->part != CLR_JSETC_UNKNOWN) return find_part(reader, name);
    return clr_jsetc_node_find(parent->group, name, &parent->hint);
}

static void open_group(struct reader *reader, unsigned group, struct open_element *element, const char **attributes)
{
    if (group == CLR_JSETC_GROUP_MESSAGE) reader->message_start = element->start;
    if (group == CLR_JSETC_GROUP_HEADER) {
        if (reader->header_seen) give_up(reader, "a second Header", "Header重复");
        reader->header_seen = true;
    }
    open_level(reader, group == CLR_JSETC_GROUP_LEAF ? CLR_JSETC_LEVEL_RECORD : clr_jsetc_groups[group].opens, element->start);
    if (attributes[0] != NULL) read_attributes(reader, group, attributes);
    if (group == CLR_JSETC_GROUP_BODY) element->group = (uint8_t)open_body(reader);
}

static void XMLCALL on_start(void *context, const char *name, const char **attributes)
{
    struct reader *const reader = context;

    if (reader->status != CLR_OK) return;
    if (reader->depth + reader->skipping >= DEPTH_MAX) {
        give_up(reader, "elements nested too deep", "元素嵌套过深");
        return;
    }
    const struct clr_jsetc_node *const node = reader->skipping > 0 ? NULL : find_node(reader, name);
    if (node == NULL) {
        if (reader->depth == 0 && reader->skipping == 0 && reader->part == CLR_JSETC_UNKNOWN) give_up(reader, "the root is not Message", "根元素不是Message");
        else note_unknown(reader, name);
        if (reader->in_text) reader->texts->stray[reader->level] = true;       /* a field holds text and nothing else */
        reader->skipping++;
        return;
    }
    struct open_element *const element = &reader->stack[++reader->depth];
    *element = (struct open_element){ .group = node->group, .field = node->field, .start = here(reader) };
    if (node->group != 0) open_group(reader, node->group, element, attributes);
    else if (attributes[0] != NULL) read_attributes(reader, 0, attributes);
    if (node->field != 0) begin_text(reader, node->field, node->text_max);
}

static void XMLCALL on_end(void *context, const char *name)
{
    struct reader *const reader = context;

    (void)name;
    if (reader->status != CLR_OK) return;
    if (reader->skipping > 0) {
        reader->skipping--;
        return;
    }
    const struct open_element element = reader->stack[reader->depth--];
    if (element.field != 0) end_text(reader, element.field);
    if (element.group == CLR_JSETC_GROUP_LEAF) close_level(reader, CLR_JSETC_LEVEL_RECORD);
    else if (element.group >= CLR_JSETC_GROUP_BODY && element.group <= CLR_JSETC_GROUP_BODY_LAST) tell_before(reader, behind(reader), false);
    else if (element.group != 0) close_level(reader, clr_jsetc_groups[element.group].opens);
}

/* Indents are eight blanks and more. */
static bool all_blank(const uint8_t *data, size_t size)
{
    for (; size >= 8 && clr_load8(data) == CLR_EACH_BYTE(' '); size -= 8) data += 8;
    for (size_t i = 0; i < size; i++) {
        if (!is_blank(data[i])) return false;
    }
    return true;
}

/* Text where no text may be belongs to the record or list around it. */
static void note_stray(struct reader *reader)
{
    unsigned level = CLR_JSETC_LEVEL_MESSAGE;

    for (unsigned at = reader->depth; at > 0 && level == CLR_JSETC_LEVEL_MESSAGE; at--) level = clr_jsetc_groups[reader->stack[at].group].opens;
    reader->texts->stray[level] = true;
}

static void XMLCALL on_text(void *context, const char *data, int size)
{
    struct reader *const reader = context;

    if (reader->status != CLR_OK || reader->skipping > 0 || size <= 0) return;
    if (reader->in_text) {
        add_text(reader, (const uint8_t *)data, (size_t)size);
        return;
    }
    if (!all_blank((const uint8_t *)data, (size_t)size)) note_stray(reader);
}

static void XMLCALL on_doctype(void *context, const char *name, const char *system_id, const char *public_id, int internal)
{
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)internal;
    struct reader *const reader = context;
    if (reader->status == CLR_OK) give_up(reader, "a document type, which no message has", "含文档类型声明(DTD)，报文不允许");
}

static void XMLCALL on_declaration(void *context, const char *version, const char *encoding, int standalone)
{
    struct reader *const reader = context;

    (void)version;
    (void)standalone;
    if (reader->status != CLR_OK || encoding == NULL || strcasecmp(encoding, "utf-8") == 0 || strcasecmp(encoding, "us-ascii") == 0) return;
    give_up(reader, "its declared encoding is not UTF-8", "声明的字符编码不是UTF-8");
    reader->trouble->encoding = true;
}

/* ---- the pass ---- */

/* Feed what is there. A token that does not end would be looked at again with every slice, so it has a limit. */
static void feed(struct reader *reader, bool all)
{
    for (size_t at = 0; reader->status == CLR_OK;) {
        const size_t left = reader->whole.size - at, size = left < SLICE_SIZE ? left : SLICE_SIZE;
        const bool last = size == left;
        const enum XML_Status status = XML_Parse(reader->parser, (const char *)reader->whole.data + at, (int)size, last && all);
        if (reader->status != CLR_OK) return;
        if (status != XML_STATUS_OK) {
            const enum XML_Error code = XML_GetErrorCode(reader->parser);
            if (code == XML_ERROR_NO_MEMORY) reader->status = CLR_FULL;
            else give_up(reader, XML_ErrorString(code), "不是格式正确的XML");
            return;
        }
        at += size;
        if (last) return;
        const XML_Index seen = XML_GetCurrentByteIndex(reader->parser);
        if (at - (seen < 0 ? 0 : (size_t)seen) > CLR_RECORD_SIZE_MAX) give_up(reader, "a tag or comment that is too long", "标签或注释过长");
    }
}

/* Its mark, or the zero that is in each of its ASCII characters: expat would read it whatever it is told. */
static bool is_utf16(struct clr_bytes text)
{
    if (text.size < 2) return false;
    return text.data[0] == 0 || text.data[1] == 0 || (text.data[0] == 0xff && text.data[1] == 0xfe) || (text.data[0] == 0xfe && text.data[1] == 0xff);
}

static enum clr_status run(struct reader *reader, bool all)
{
    if (is_utf16(reader->whole)) {
        *reader->trouble = (struct clr_jsetc_trouble){ .line = 1, .en = "UTF-16, not UTF-8", .zh = "字符编码是UTF-16，不是UTF-8", .encoding = true };
        return CLR_REFUSED;
    }
    reader->parser = XML_ParserCreate("UTF-8");
    if (reader->parser == NULL) return CLR_FULL;
    XML_SetUserData(reader->parser, reader);
    XML_SetElementHandler(reader->parser, on_start, on_end);
    XML_SetCharacterDataHandler(reader->parser, on_text);
    XML_SetStartDoctypeDeclHandler(reader->parser, on_doctype);
    XML_SetXmlDeclHandler(reader->parser, on_declaration);
    reader->stack[0] = (struct open_element){ .group = CLR_JSETC_GROUP_ROOT };
    feed(reader, all);
    if (reader->status == CLR_OK && all) tell(reader, CLR_JSETC_EVENT_END, reader->message_start, reader->whole.size);
    XML_ParserFree(reader->parser);
    return reader->status;
}

enum clr_status clr_jsetc_read(struct clr_bytes whole, bool all, clr_jsetc_visit *visit, void *context, struct clr_jsetc_trouble *trouble,
                               struct clr_fault *fault)
{
    struct clr_jsetc_texts texts = { .variant = CLR_JSETC_UNKNOWN };
    struct reader reader = { .whole = whole, .visit = visit, .context = context, .fault = fault, .trouble = trouble, .texts = &texts };

    *trouble = (struct clr_jsetc_trouble){ .en = NULL };
    return run(&reader, all);
}

bool clr_jsetc_read_part(struct clr_bytes part, enum clr_jsetc_variant variant, void (*take)(void *context, const struct clr_jsetc_texts *texts),
                         void *context)
{
    struct clr_jsetc_trouble trouble = { .en = NULL };
    struct clr_jsetc_texts texts = { .variant = variant };
    struct reader reader = { .whole = part, .part = variant, .trouble = &trouble, .texts = &texts };

    (void)run(&reader, false);
    if (texts.seen == 0) return false;
    take(context, &texts);
    return true;
}
