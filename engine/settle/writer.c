#include "settle/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/csv.h"

static void put(struct clr_writer *writer, const void *data, size_t size) { clr_pack_bytes(&writer->pack, data, size); }

void clr_write_raw(struct clr_writer *writer, const char *text) { put(writer, text, strlen(text)); }

/* ---- CSV ---- */

static void next_cell(struct clr_writer *writer)
{
    if (writer->inner) put(writer, ",", 1);
    writer->inner = true;
}

void clr_write_cell(struct clr_writer *writer, const char *text)
{
    next_cell(writer);
    if (text == NULL || text[0] == '\0') return;
    const bool runs = clr_csv_runs(text), quoted = clr_csv_quoted(text);
    if (quoted) put(writer, "\"", 1);
    if (runs) put(writer, "'", 1);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"') put(writer, "\"", 1);
        put(writer, at, 1);
    }
    if (quoted) put(writer, "\"", 1);
}

void clr_write_cell_number(struct clr_writer *writer, int64_t number)
{
    char text[24];
    next_cell(writer);
    put(writer, text, (size_t)snprintf(text, sizeof text, "%" PRId64, number));
}

void clr_write_cell_day(struct clr_writer *writer, clr_day day)
{
    char text[CLR_DAY_TEXT_SIZE];
    next_cell(writer);
    clr_write_raw(writer, clr_day_text(day, text));
}

void clr_write_row_end(struct clr_writer *writer)
{
    put(writer, "\n", 1);
    writer->inner = false;
}

/* ---- JSON ---- */

static void put_quoted(struct clr_writer *writer, const char *text)
{
    const bool valid = clr_utf8_valid(clr_bytes_text(text));
    put(writer, "\"", 1);
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        char escaped[8];
        if (*at == '"' || *at == '\\') {
            put(writer, "\\", 1);
            put(writer, at, 1);
        } else if (*at < 0x20 || *at == 0x7f || (*at >= 0x80 && !valid)) {
            put(writer, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", *at));
        } else {
            put(writer, at, 1);
        }
    }
    put(writer, "\"", 1);
}

static void next_member(struct clr_writer *writer, const char *key)
{
    if (writer->inner) put(writer, ",", 1);
    if (writer->inner || writer->pack.size > 0) put(writer, "\n", 1);
    writer->inner = true;
    if (key == NULL) return;
    put_quoted(writer, key);
    put(writer, ":", 1);
}

void clr_write_open(struct clr_writer *writer, const char *key, char open)
{
    next_member(writer, key);
    put(writer, &open, 1);
    writer->inner = false;
}

void clr_write_close(struct clr_writer *writer, char close)
{
    put(writer, &close, 1);
    writer->inner = true;
}

void clr_write_text(struct clr_writer *writer, const char *key, const char *text)
{
    next_member(writer, key);
    put_quoted(writer, text != NULL ? text : "");
}

void clr_write_number(struct clr_writer *writer, const char *key, int64_t number)
{
    char text[24];
    next_member(writer, key);
    put(writer, text, (size_t)snprintf(text, sizeof text, "%" PRId64, number));
}

void clr_write_digest(struct clr_writer *writer, const char *key, const uint8_t *digest, size_t size)
{
    next_member(writer, key);
    put(writer, "\"", 1);
    for (size_t i = 0; i < size; i++) {
        char hex[4];
        put(writer, hex, (size_t)snprintf(hex, sizeof hex, "%02x", digest[i]));
    }
    put(writer, "\"", 1);
}
