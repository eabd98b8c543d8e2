/*
 * json.h: a streaming JSON writer: valid output whatever the bytes that go in.
 *
 *     json_open(&json, NULL, '{');  json_count(&json, "records", 7);  json_close(&json);
 *
 * Text      must be UTF-8; a byte that is not becomes U+FFFD. Control characters, quotes and backslashes are escaped.
 * Amounts   integers. Nothing here takes floating point.
 * Keys      are string literals of the program; NULL inside an array.
 * Errors    of the stream stay in the stream: the caller asks ferror() once, at the end.
 * Threads   one thread a writer.
 */
#ifndef CLEAR_JSON_H
#define CLEAR_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH_MAX 16

struct json {
    FILE *out;
    unsigned depth;
    char closer[JSON_DEPTH_MAX];
    bool filled[JSON_DEPTH_MAX + 1];     /* has the value at this depth a member already? */
};

void json_start(struct json *json, FILE *out);

/** Begin an object '{' or an array '['. */
void json_open(struct json *json, const char *key, char opener);
void json_close(struct json *json);

void json_text(struct json *json, const char *key, const char *text);          /* NULL text gives null */
void json_bytes(struct json *json, const char *key, const char *text, size_t size);
void json_count(struct json *json, const char *key, uint64_t number);
void json_fen(struct json *json, const char *key, int64_t fen);
void json_flag(struct json *json, const char *key, bool flag);
void json_null(struct json *json, const char *key);
void json_hex(struct json *json, const char *key, const uint8_t *bytes, size_t size);
void json_tenths(struct json *json, const char *key, uint64_t tenths);             /* 12.5 */
void json_seconds(struct json *json, const char *key, uint64_t microseconds);  /* 1.250000 */

#endif
