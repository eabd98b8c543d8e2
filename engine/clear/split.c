/* split.c: one toll over its units and provinces. See split.h. */
#include "clear/split.h"

static const struct { const char *en, *zh; } gaps[CLR_SPLIT_GAP_COUNT] = {
    { "", "" },
    { "no toll units are listed", "没有收费单元列表" },
    { "more toll units than one journey may have", "收费单元数超过一次通行的上限" },
    { "a list of toll units cannot be read", "收费单元列表无法读取" },
    { "the lists of toll units have different lengths", "收费单元各列表长度不一致" },
    { "the provinces' parts do not add up to the total", "各省金额之和与总额不符" },
    { "a toll unit is not in splits.csv on that day", "splits.csv中没有当日有效的该收费单元" },
};

const char *clr_split_gap_en(enum clr_split_gap gap) { return gaps[gap].en; }
const char *clr_split_gap_zh(enum clr_split_gap gap) { return gaps[gap].zh; }

/* ---- lists ---- */

/** The items of a list, one after the other: "a||b" has three. */
struct items {
    const uint8_t *at, *end;
    bool more;
};

static struct items items_of(struct clr_bytes list)
{
    return (struct items){ list.data, list.size > 0 ? list.data + list.size : list.data, list.size > 0 };
}

static struct clr_bytes next_item(struct items *items)
{
    const uint8_t *const from = items->at;
    const uint8_t *to = from;

    while (to < items->end && *to != '|') to++;
    items->more = to < items->end;
    items->at = to + items->more;
    return clr_bytes_of(from, (size_t)(to - from));
}

bool clr_split_absent(struct clr_bytes list)
{
    return list.size == 0 || (list.size == 1 && list.data[0] == '0');
}

bool clr_split_fen(struct clr_bytes text, clr_fen *out)
{
    clr_fen value = 0;

    if (text.size == 0 || text.size > 12) return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') return false;
        value = value * 10 + (text.data[i] - '0');
    }
    *out = value;
    return value <= CLR_RECORD_FEN_MAX;
}

static enum clr_split_gap read_units(struct clr_split_list *list, struct clr_bytes units)
{
    for (struct items items = items_of(units); items.more;) {
        const struct clr_bytes unit = clr_bytes_trim(next_item(&items));

        if (unit.size == 0) return CLR_SPLIT_UNREADABLE;
        if (list->count == CLR_SPLIT_UNITS_MAX) return CLR_SPLIT_TOO_MANY;
        list->unit[list->count++] = unit;
    }
    return CLR_SPLIT_WHOLE;
}

/** Exactly the amounts of units from..count − 1. */
static enum clr_split_gap read_fen(clr_fen *fen, size_t from, size_t count, struct clr_bytes text)
{
    struct items items = items_of(text);

    for (; items.more; from++) {
        const struct clr_bytes item = next_item(&items);

        if (from == count) return CLR_SPLIT_LENGTHS;
        if (!clr_split_fen(item, &fen[from])) return CLR_SPLIT_UNREADABLE;
    }
    return from == count ? CLR_SPLIT_WHOLE : CLR_SPLIT_LENGTHS;
}

/** "0" beside one unit is an amount; beside more it says that there is no list. */
static bool has_amounts(struct clr_bytes text, size_t units)
{
    return units == 1 ? text.size > 0 : !clr_split_absent(text);
}

enum clr_split_gap clr_split_append(struct clr_split_list *list, struct clr_bytes units, struct clr_bytes charges, struct clr_bytes dues)
{
    const size_t from = list->count;
    enum clr_split_gap gap;

    if (clr_split_absent(units)) return CLR_SPLIT_NO_LIST;
    gap = read_units(list, units);
    if (gap != CLR_SPLIT_WHOLE) return gap;
    const bool has_charges = has_amounts(charges, list->count - from), has_dues = has_amounts(dues, list->count - from);
    if (!has_charges && !has_dues) return CLR_SPLIT_LENGTHS;
    for (size_t i = from; i < list->count; i++) list->charge_fen[i] = list->due_fen[i] = 0;
    if (has_charges) gap = read_fen(list->charge_fen, from, list->count, charges);
    if (gap == CLR_SPLIT_WHOLE && has_dues) gap = read_fen(list->due_fen, from, list->count, dues);
    list->has_charges &= has_charges;
    list->has_dues &= has_dues;
    return gap;
}

enum clr_split_gap clr_split_read(struct clr_split_list *list, struct clr_bytes units, struct clr_bytes charges, struct clr_bytes dues)
{
    clr_split_begin(list);
    return clr_split_append(list, units, charges, dues);
}

/* ---- shares ---- */

static clr_fen sum_of(const clr_fen *fen, size_t count)
{
    clr_fen sum = 0;

    for (size_t i = 0; i < count; i++) sum += fen[i];       /* at most 512 × 10^11: far from any limit */
    return sum;
}

/** Running products that fit 64 bits: nearly every journey, and three times as fast. */
static void weigh_narrow(uint64_t total, const clr_fen *weight, size_t count, uint64_t whole, clr_fen *share)
{
    uint64_t product = 0, before = 0;

    for (size_t i = 0; i < count; i++) {
        product += total * (uint64_t)weight[i];
        const uint64_t now = product / whole;
        share[i] = (clr_fen)(now - before);
        before = now;
    }
}

static void weigh_wide(uint64_t total, const clr_fen *weight, size_t count, uint64_t whole, clr_fen *share)
{
    unsigned __int128 product = 0;
    uint64_t before = 0;

    for (size_t i = 0; i < count; i++) {
        product += (unsigned __int128)total * (uint64_t)weight[i];
        const uint64_t now = (uint64_t)(product / whole);    /* at most the total */
        share[i] = (clr_fen)(now - before);
        before = now;
    }
}

bool clr_split_weigh(clr_fen total_fen, const clr_fen *weight_fen, size_t count, clr_fen *share_fen)
{
    const clr_fen whole = sum_of(weight_fen, count);
    int64_t most;

    CLR_ASSERT(total_fen >= 0 && total_fen <= CLR_RECORD_FEN_MAX);
    if (whole == 0) return false;
    if (__builtin_mul_overflow(total_fen, whole, &most)) weigh_wide((uint64_t)total_fen, weight_fen, count, (uint64_t)whole, share_fen);
    else weigh_narrow((uint64_t)total_fen, weight_fen, count, (uint64_t)whole, share_fen);
    return true;
}

enum clr_split_way clr_split_share(const struct clr_split_list *list, clr_fen total_fen, clr_fen *share_fen)
{
    CLR_ASSERT(list->count > 0 && list->count <= CLR_SPLIT_UNITS_MAX);
    if (list->has_charges && sum_of(list->charge_fen, list->count) == total_fen) {
        memcpy(share_fen, list->charge_fen, list->count * sizeof *share_fen);
        return CLR_SPLIT_AS_CHARGED;
    }
    if (list->has_charges && clr_split_weigh(total_fen, list->charge_fen, list->count, share_fen)) return CLR_SPLIT_BY_CHARGES;
    if (list->has_dues && clr_split_weigh(total_fen, list->due_fen, list->count, share_fen)) return CLR_SPLIT_BY_DUES;
    memset(share_fen, 0, list->count * sizeof *share_fen);
    share_fen[list->count - 1] = total_fen;
    return CLR_SPLIT_TO_EXIT;
}

bool clr_split_refund(clr_fen *remaining_fen, size_t count, clr_fen refund_fen, clr_fen *part_fen)
{
    const clr_fen left = sum_of(remaining_fen, count);

    if (refund_fen < 0 || refund_fen > left) return false;
    /* Nothing remains, so nothing is asked for. */
    if (!clr_split_weigh(refund_fen, remaining_fen, count, part_fen)) memset(part_fen, 0, count * sizeof *part_fen);
    /* A part is a difference of floors of n·refund/left, n whole and refund <= left: at most the unit's own remainder. */
    for (size_t i = 0; i < count; i++) remaining_fen[i] -= part_fen[i];
    return true;
}

/* ---- provinces ---- */

/** First two digits of a province code of two or six: 37, 370201. */
static int province_of(struct clr_bytes text)
{
    if (text.size != 2 && text.size != 6) return -1;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') return -1;
    }
    return text.data[0] == '0' ? -1 : (text.data[0] - '0') * 10 + text.data[1] - '0';
}

static bool add_part(struct clr_split_provinces *out, int province, clr_fen part_fen, int own)
{
    if (province == own) {
        out->own_fen += part_fen;
        return true;
    }
    if (part_fen == 0) return true;
    for (size_t i = 0; i < out->count; i++) {
        if (out->other[i].province != province) continue;
        out->other[i].part_fen += part_fen;
        return true;
    }
    if (out->count == CLR_SPLIT_PROVINCES_MAX) return false;
    out->other[out->count].province = province;
    out->other[out->count++].part_fen = part_fen;
    return true;
}

/** Can the parts be read, and do they sum to the total? */
static bool read_parts(clr_fen total_fen, struct clr_bytes parts, int own, struct clr_split_provinces *out)
{
    clr_fen sum = 0;
    unsigned count = 0;

    for (struct items items = items_of(parts); items.more;) {
        const struct clr_bytes item = clr_bytes_trim(next_item(&items));
        const uint8_t *const colon = item.size == 0 ? NULL : memchr(item.data, ':', item.size);
        clr_fen part_fen;

        if (colon == NULL || ++count > CLR_SPLIT_PROVINCES_MAX) return false;
        const size_t size = (size_t)(colon - item.data);
        const int province = province_of(clr_bytes_of(item.data, size));
        if (province < 0 || !clr_split_fen(clr_bytes_of(colon + 1, item.size - size - 1), &part_fen)) return false;
        if (!add_part(out, province, part_fen, own)) return false;
        sum += part_fen;
    }
    return count > 0 && sum == total_fen;
}

static bool only_own(struct clr_bytes provinces, int own)
{
    for (struct items items = items_of(provinces); items.more;) {
        if (province_of(clr_bytes_trim(next_item(&items))) != own) return false;
    }
    return own >= 0;
}

enum clr_split_gap clr_split_by_province(clr_fen total_fen, struct clr_bytes provinces, struct clr_bytes parts, int own,
                                         struct clr_split_provinces *out)
{
    out->own_fen = 0;
    out->count = 0;
    /* Without a province of one's own nobody can say which part is to be split further. */
    if (own >= 0 && read_parts(total_fen, parts, own, out)) return CLR_SPLIT_WHOLE;
    out->own_fen = total_fen;
    out->count = 0;
    return clr_split_absent(provinces) || only_own(provinces, own) ? CLR_SPLIT_WHOLE : CLR_SPLIT_PROVINCES;
}
