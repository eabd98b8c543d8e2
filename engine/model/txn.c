/* txn.c: record ids as text. See txn.h. */
#include "model/txn.h"

#include <inttypes.h>
#include <stdio.h>

const char *clr_record_id_text(clr_record_id id, char text[CLR_RECORD_ID_TEXT_SIZE])
{
    text[0] = '\0';
    if (id != 0) snprintf(text, CLR_RECORD_ID_TEXT_SIZE, "r%" PRIu32 "-%" PRIu64, clr_record_id_admission(id), clr_record_id_number(id));
    return text;
}

/* A decimal number 1..max without leading zeros from `*at` on: one id has one text. 0 when there is none. */
static uint64_t parse_number(struct clr_bytes text, size_t *at, uint64_t max)
{
    uint64_t value = 0;

    if (*at < text.size && text.data[*at] == '0') return 0;
    for (; *at < text.size && text.data[*at] >= '0' && text.data[*at] <= '9'; (*at)++) {
        value = value * 10 + (uint64_t)(text.data[*at] - '0');
        if (value > max) return 0;                   /* max is below 2^36, so the product above cannot wrap */
    }
    return value;
}

clr_record_id clr_record_id_parse(struct clr_bytes text)
{
    size_t at = 1;

    if (text.size == 0 || text.data[0] != 'r') return 0;
    const uint64_t admission = parse_number(text, &at, CLR_ADMISSION_MAX);
    if (admission == 0 || at == text.size || text.data[at++] != '-') return 0;
    const uint64_t number = parse_number(text, &at, CLR_RECORD_NUMBER_MAX);
    if (number == 0 || at != text.size) return 0;
    return clr_record_id_of((uint32_t)admission, number);
}
