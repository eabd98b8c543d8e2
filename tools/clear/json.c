#include "json.h"

#include <assert.h>
#include <string.h>

#include "utf8.h"
#include "value.h"

void json_start(struct json *json, FILE *out)
{
    *json = (struct json){ .out = out };
}

static void write_text(FILE *out, const char *text, size_t size)
{
    putc('"', out);
    for (size_t at = 0; at < size;) {
        uint32_t code;
        const size_t taken = utf8_next(text + at, size - at, &code);

        if (code == '"' || code == '\\') fprintf(out, "\\%c", (int)code);
        else if (code == '\n') fputs("\\n", out);
        else if (code == '\t') fputs("\\t", out);
        else if (code == '\r') fputs("\\r", out);
        else if (code < 0x20 || code == 0x7F) fprintf(out, "\\u%04x", (unsigned)code);
        else if (code == UTF8_REPLACEMENT) fputs("\xEF\xBF\xBD", out);
        else fwrite(text + at, 1, taken, out);
        at += taken;
    }
    putc('"', out);
}

/** Comma and key before a value. */
static void lead(struct json *json, const char *key)
{
    if (json->filled[json->depth]) putc(',', json->out);
    json->filled[json->depth] = true;
    if (key == NULL) return;
    write_text(json->out, key, strlen(key));
    putc(':', json->out);
}

void json_open(struct json *json, const char *key, char opener)
{
    assert(json->depth < JSON_DEPTH_MAX);
    lead(json, key);
    putc(opener, json->out);
    json->closer[json->depth++] = opener == '{' ? '}' : ']';
    json->filled[json->depth] = false;
}

void json_close(struct json *json)
{
    assert(json->depth > 0);
    putc(json->closer[--json->depth], json->out);
    if (json->depth == 0) putc('\n', json->out);
}

void json_bytes(struct json *json, const char *key, const char *text, size_t size)
{
    lead(json, key);
    write_text(json->out, text, size);
}

void json_text(struct json *json, const char *key, const char *text)
{
    if (text == NULL) json_null(json, key);
    else json_bytes(json, key, text, strlen(text));
}

void json_count(struct json *json, const char *key, uint64_t number)
{
    lead(json, key);
    fprintf(json->out, "%llu", (unsigned long long)number);
}

void json_fen(struct json *json, const char *key, int64_t fen)
{
    lead(json, key);
    fprintf(json->out, "%lld", (long long)fen);
}

void json_flag(struct json *json, const char *key, bool flag)
{
    lead(json, key);
    fputs(flag ? "true" : "false", json->out);
}

void json_null(struct json *json, const char *key)
{
    lead(json, key);
    fputs("null", json->out);
}

void json_hex(struct json *json, const char *key, const uint8_t *bytes, size_t size)
{
    lead(json, key);
    putc('"', json->out);
    for (size_t i = 0; i < size; i++) fprintf(json->out, "%02x", bytes[i]);
    putc('"', json->out);
}

void json_tenths(struct json *json, const char *key, uint64_t tenths)
{
    char text[VALUE_TEXT_SIZE];

    lead(json, key);
    fputs(value_tenths_text(tenths, text), json->out);
}

void json_seconds(struct json *json, const char *key, uint64_t microseconds)
{
    char text[VALUE_TEXT_SIZE];

    lead(json, key);
    fputs(value_micros_text(microseconds, text), json->out);
}
