/*
 * fuzz_split.c: lists of a toll as hostile as they like: five texts between NULs (units, charges, dues, provinces, parts), the first eight bytes
 * the total. Whatever is read must add up: shares to the own part, parts to the total, refunds to the shares.
 */
#include <stdlib.h>

#include "clear/split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct clr_split_list list;
static clr_fen share[CLR_SPLIT_UNITS_MAX], remaining[CLR_SPLIT_UNITS_MAX], part[CLR_SPLIT_UNITS_MAX];

static clr_fen sum_of(const clr_fen *fen, size_t count)
{
    clr_fen sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (fen[i] < 0) __builtin_trap();
        sum += fen[i];
    }
    return sum;
}

static struct clr_bytes next_text(struct clr_bytes *rest)
{
    const uint8_t *const end = rest->size == 0 ? NULL : memchr(rest->data, 0, rest->size);
    const struct clr_bytes text = { rest->data, end == NULL ? rest->size : (size_t)(end - rest->data) };
    const size_t used = end == NULL ? rest->size : text.size + 1;
    *rest = clr_bytes_of(rest->data + used, rest->size - used);
    return text;
}

static void give_back(clr_fen own_fen)
{
    memcpy(remaining, share, list.count * sizeof *share);
    if (!clr_split_refund(remaining, list.count, own_fen / 3, part) || sum_of(part, list.count) != own_fen / 3) __builtin_trap();
    if (!clr_split_refund(remaining, list.count, own_fen - own_fen / 3, part) || sum_of(remaining, list.count) != 0) __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct clr_split_provinces provinces;
    struct clr_bytes rest, text[5];
    uint64_t total;
    if (size < 8) return 0;
    memcpy(&total, data, 8);
    const clr_fen total_fen = (clr_fen)(total % ((uint64_t)CLR_RECORD_FEN_MAX + 1));
    rest = clr_bytes_of(data + 8, size - 8);
    for (size_t i = 0; i < 5; i++) text[i] = next_text(&rest);

    if (clr_split_by_province(total_fen, text[3], text[4], 37, &provinces) != CLR_SPLIT_WHOLE) return 0;
    clr_fen others = 0;
    for (size_t i = 0; i < provinces.count; i++) others += provinces.other[i].part_fen;
    if (provinces.own_fen < 0 || provinces.own_fen + others != total_fen) __builtin_trap();
    if (clr_split_read(&list, text[0], text[1], text[2]) != CLR_SPLIT_WHOLE) return 0;
    clr_split_share(&list, provinces.own_fen, share);
    if (sum_of(share, list.count) != provinces.own_fen) __builtin_trap();
    give_back(provinces.own_fen);
    return 0;
}
