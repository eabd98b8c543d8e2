/* jsonwalk.c: see jsonwalk.h. */
#include "jsonwalk.h"

#include "digits.h"
#include "charset.h"

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

void clr_json_blank(struct clr_json *json)
{
    while (json->at < json->input.size && is_blank(json->input.data[json->at])) json->at++;
}

/* The byte behind white space, −1 at the end of the input. */
static int peek(struct clr_json *json)
{
    clr_json_blank(json);
    return json->at < json->input.size ? json->input.data[json->at] : -1;
}

/* High bit of each byte that is a quote, a backslash or a control character (or, rarely and harmlessly, stands above one such). */
static uint64_t special8(uint64_t eight)
{
    const uint64_t quote = eight ^ CLR_EACH_BYTE('"'), slash = eight ^ CLR_EACH_BYTE('\\');
    const uint64_t high = CLR_EACH_BYTE(0x80);

    return (((quote - CLR_EACH_BYTE(1)) & ~quote) | ((slash - CLR_EACH_BYTE(1)) & ~slash) |
            ((eight - CLR_EACH_BYTE(0x20)) & ~eight)) & high;
}

/* A string from its opening quote. */
static enum clr_json_step read_string(struct clr_json *json, struct clr_json_text *out)
{
    const uint8_t *const data = json->input.data;
    const size_t size = json->input.size;
    const size_t from = json->at + 1;
    size_t at = from;

    out->kind = CLR_JSON_STRING;
    out->escapes = false;
    for (;;) {
        while (size - at >= 8 && special8(clr_load8(data + at)) == 0) at += 8;
        while (at < size && data[at] != '"' && data[at] != '\\' && data[at] >= 0x20) at++;
        if (at >= size) return CLR_JSON_OPEN;
        if (data[at] == '"') break;
        if (data[at] != '\\') return CLR_JSON_BROKEN;
        if (at + 1 >= size) return CLR_JSON_OPEN;
        out->escapes = true;
        at += 2;
    }
    out->text = clr_bytes_of(data + from, at - from);
    json->at = at + 1;
    return CLR_JSON_GOOD;
}

enum clr_json_step clr_json_key(struct clr_json *json, bool first, struct clr_json_text *key)
{
    int next = peek(json);

    if (next < 0) return CLR_JSON_OPEN;
    if (next == '}') {
        json->at++;
        return CLR_JSON_CLOSED;
    }
    if (!first) {
        if (next != ',') return CLR_JSON_BROKEN;
        json->at++;
        next = peek(json);
        if (next < 0) return CLR_JSON_OPEN;
    }
    if (next != '"') return CLR_JSON_BROKEN;
    const enum clr_json_step step = read_string(json, key);
    if (step != CLR_JSON_GOOD) return step;
    next = peek(json);
    if (next < 0) return CLR_JSON_OPEN;
    if (next != ':') return CLR_JSON_BROKEN;
    json->at++;
    return CLR_JSON_GOOD;
}

static bool is_text(struct clr_bytes text, const char *word)
{
    return clr_bytes_equal(text, clr_bytes_text(word));
}

static bool is_word(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || byte == 'E' || byte == '-' || byte == '+' || byte == '.';
}

/* A number, true, false or null: whatever stands up to the next comma, brace, bracket or blank. */
static enum clr_json_step read_word(struct clr_json *json, struct clr_json_text *out)
{
    const size_t from = json->at;
    size_t at = from;

    while (at < json->input.size && is_word(json->input.data[at])) at++;
    if (at >= json->input.size) return CLR_JSON_OPEN;
    json->at = at;
    out->text = clr_bytes_of(json->input.data + from, at - from);
    out->escapes = false;
    out->kind = CLR_JSON_OTHER;
    if (at == from) return CLR_JSON_BROKEN;
    const uint8_t start = json->input.data[from];
    if (start == '-' || (start >= '0' && start <= '9')) out->kind = CLR_JSON_NUMBER;
    else if (is_text(out->text, "null")) out->kind = CLR_JSON_NULL;
    else return is_text(out->text, "true") || is_text(out->text, "false") ? CLR_JSON_GOOD : CLR_JSON_BROKEN;
    return CLR_JSON_GOOD;
}

/* An object or array from its opening bracket to the closing one of the same depth. */
static enum clr_json_step skip_nested(struct clr_json *json, struct clr_json_text *out)
{
    const size_t from = json->at;
    size_t depth = 0;
    struct clr_json_text string;

    do {
        if (json->at >= json->input.size) return CLR_JSON_OPEN;
        const uint8_t byte = json->input.data[json->at];
        if (byte == '"') {
            const enum clr_json_step step = read_string(json, &string);
            if (step != CLR_JSON_GOOD) return step;
            continue;
        }
        if (byte == '{' || byte == '[') depth++;
        if (byte == '}' || byte == ']') depth--;
        json->at++;
    } while (depth > 0);
    out->text = clr_bytes_of(json->input.data + from, json->at - from);
    out->kind = CLR_JSON_OTHER;
    out->escapes = false;
    return CLR_JSON_GOOD;
}

enum clr_json_step clr_json_value(struct clr_json *json, struct clr_json_text *value)
{
    const int next = peek(json);

    if (next < 0) return CLR_JSON_OPEN;
    if (next == '"') return read_string(json, value);
    if (next == '{' || next == '[') return skip_nested(json, value);
    return read_word(json, value);
}

/* Code point of "\uXXXX", with its second half where it is a surrogate; UINT32_MAX when it is none. `*at` moves behind. */
static uint32_t read_point(struct clr_bytes text, size_t *at)
{
    uint32_t high, low;

    if (text.size - *at < 6 || !clr_hex_read(text.data + *at + 2, 4, &high)) return UINT32_MAX;
    *at += 6;
    if (high < 0xd800 || high > 0xdbff) return high;                     /* a lone low half is refused by clr_text_put */
    if (text.size - *at < 6 || text.data[*at] != '\\' || text.data[*at + 1] != 'u' ||
        !clr_hex_read(text.data + *at + 2, 4, &low)) return UINT32_MAX;
    *at += 6;
    return low >= 0xdc00 && low <= 0xdfff ? 0x10000 + (high - 0xd800) * 0x400 + (low - 0xdc00) : UINT32_MAX;
}

size_t clr_json_unescape(struct clr_bytes text, uint8_t *to, size_t room)
{
    static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    size_t size = 0;

    for (size_t at = 0; at < text.size;) {
        uint8_t bytes[4] = { text.data[at] };
        unsigned count = 1;
        if (text.data[at] != '\\') {
            at++;
        } else if (at + 1 < text.size && text.data[at + 1] == 'u') {
            count = clr_text_put(bytes, read_point(text, &at));
            if (count == 0) return SIZE_MAX;
        } else {
            const char *const letter = at + 1 < text.size ? memchr(letters, text.data[at + 1], sizeof letters - 1) : NULL;
            if (letter == NULL) return SIZE_MAX;
            bytes[0] = (uint8_t)values[letter - letters];
            at += 2;
        }
        if (count > room - size) return SIZE_MAX;
        memcpy(to + size, bytes, count);
        size += count;
    }
    return size;
}

bool clr_json_is(const struct clr_json_text *text, const char *word)
{
    uint8_t plain[32];

    if (!text->escapes) return clr_bytes_equal(text->text, clr_bytes_text(word));
    const size_t size = clr_json_unescape(text->text, plain, sizeof plain);
    return size != SIZE_MAX && clr_bytes_equal(clr_bytes_of(plain, size), clr_bytes_text(word));
}
