/* jsetc_world.c: see jsetc_world.h. */
#include "jsetc_world.h"

#include <stdio.h>
#include <stdlib.h>

#define BIT(name) CLR_JSETC_BIT(CLR_JSETC_##name)

uint64_t jsetc_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * UINT64_C(0x2545f4914f6cdd1d);
}

static uint64_t below(uint64_t *random, uint64_t limit)
{
    return (jsetc_random(random) >> 11) % limit;
}

/* A number of any size: as likely short as long. */
static uint64_t any(uint64_t *random, uint64_t max)
{
    return (jsetc_random(random) >> below(random, 64)) % (max + (max != UINT64_MAX));
}

static struct clr_bytes keep(struct jsetc_whole *whole, const void *data, size_t size)
{
    char *const to = whole->text + whole->text_used;

    if (size > sizeof whole->text - whole->text_used) abort();
    if (size > 0) memcpy(to, data, size);
    whole->text_used += size;
    return clr_bytes_of(to, size);
}

static struct clr_bytes hex_text(struct jsetc_whole *whole, uint64_t *random, size_t size)
{
    char text[32];

    for (size_t i = 0; i < size; i++) text[i] = "0123456789ABCDEF"[below(random, 16)];
    return keep(whole, text, size);
}

/* Words that must be escaped and words that must not, and nothing; a blank never at an end. */
static struct clr_bytes words(struct jsetc_whole *whole, uint64_t *random)
{
    static const char *const word[] = { "", "苏Z00001蓝", "a&b", "<x>", "]]>", "\"'", "两\n行", "a\rb", "虚构站|1小时", "&#x41;", "𠀀" };
    char text[128] = "";

    for (unsigned i = 0, count = (unsigned)below(random, 4); i < count; i++) strcat(text, word[below(random, sizeof word / sizeof *word)]);
    size_t size = strlen(text);
    while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r')) size--;
    return keep(whole, text, size);
}

static int64_t any_time(uint64_t *random)
{
    return clr_time_of(2010, 1, 1, 0, 0, 0) + (int64_t)below(random, UINT64_C(60) * 366 * CLR_DAY_S);
}

/* ---- items ---- */

static void make_detail(struct jsetc_whole *whole, uint64_t *random, struct clr_jsetc_transaction *to)
{
    struct clr_jsetc_detail *const detail = &to->detail;

    detail->vehicle_class = keep(whole, "1", 1);
    detail->exit_type = keep(whole, "04", 2);
    detail->exit_network = hex_text(whole, random, 4);
    detail->exit_plaza = hex_text(whole, random, below(random, 9));
    detail->exit_lane = keep(whole, "A1", below(random, 3));
    detail->exited_at_s = any_time(random);
    detail->entry_type = keep(whole, "03", 2);
    detail->entry_network = hex_text(whole, random, 4);
    detail->entry_plaza = keep(whole, "a&<7>", below(random, 2) * 5);
    detail->entry_lane = keep(whole, "0001", 4);
    detail->entered_at_s = below(random, 4) == 0 ? CLR_TIME_NONE : any_time(random);
}

static void make_card(struct jsetc_whole *whole, uint64_t *random, struct clr_jsetc_transaction *to)
{
    to->card_type = (uint8_t)(22 + below(random, 2));
    to->network = hex_text(whole, random, 4);
    to->card = hex_text(whole, random, 16);
    to->card_plate = words(whole, random);
    to->before_fen = (uint32_t)any(random, UINT32_MAX);
    to->fee_fen = (clr_fen)any(random, to->before_fen);
    to->after_fen = to->before_fen - (uint32_t)to->fee_fen;
    to->card_counter = (uint16_t)any(random, UINT16_MAX);
    if (below(random, 2) == 0) to->has |= BIT(CARD_COUNTER);
}

static void make_rest(struct jsetc_whole *whole, uint64_t *random, struct clr_jsetc_transaction *to)
{
    to->service_type = (uint8_t)below(random, 256);
    to->description = words(whole, random);
    to->obu_network = hex_text(whole, random, 4);
    to->obu_digits = (uint8_t)(below(random, 3) == 0 ? 0 : 12 + 4 * below(random, 2));
    if (to->obu_digits > 0) to->obu_id = any(random, UINT64_MAX) >> (to->obu_digits == 12 ? 16 : 0);
    to->obu_state = (uint16_t)any(random, UINT16_MAX);
    to->obu_plate = words(whole, random);
    if (below(random, 2) == 0) return;
    to->has |= BIT(ALGORITHM);
    to->outer_id = words(whole, random);
    to->name = words(whole, random);
    to->park_time = keep(whole, "15", below(random, 3));
    to->vehicle_type = (uint16_t)any(random, UINT16_MAX);
    to->algorithm = (uint8_t)below(random, 3);
}

static void make_transaction(struct jsetc_whole *whole, uint64_t *random, uint32_t number, struct clr_jsetc_transaction *to)
{
    *to = (struct clr_jsetc_transaction){ .trans_id = number, .time_s = any_time(random) };
    make_detail(whole, random, to);
    make_card(whole, random, to);
    to->tac = (uint32_t)any(random, UINT32_MAX);
    to->tac_blank = to->tac == 0 || to->tac == UINT32_MAX || to->tac == UINT32_C(0x30303030);
    to->type = (uint8_t)below(random, 256);
    to->terminal = any(random, (UINT64_C(1) << 48) - 1);
    to->terminal_counter = (uint32_t)any(random, UINT32_MAX);
    make_rest(whole, random, to);
    to->customized = (struct clr_jsetc_customized){ .tac = to->tac, .amount_fen = (uint32_t)to->fee_fen, .terminal_counter = to->terminal_counter,
                                                    .after_fen = to->after_fen, .before_fen = to->before_fen, .terminal = to->terminal,
                                                    .card_counter = to->card_counter, .reserved = (uint16_t)any(random, UINT16_MAX), .type = to->type,
                                                    .time_s = to->time_s };
}

static struct jsetc_item *add(struct jsetc_whole *whole, enum jsetc_item_kind kind)
{
    if (whole->count == JSETC_ITEMS_MAX) abort();
    struct jsetc_item *const item = &whole->item[whole->count++];
    memset(item, 0, sizeof *item);
    item->kind = kind;
    return item;
}

/* ---- messages ---- */

static clr_fen make_lines(struct jsetc_whole *whole, uint64_t *random, unsigned count)
{
    const enum clr_jsetc_variant variant = whole->message.variant;
    clr_fen sum_fen = 0;

    for (unsigned i = 1; i <= count; i++) {
        struct clr_jsetc_line *const line = &add(whole, JSETC_ITEM_LINE)->line;
        line->trans_id = i;
        if (variant == CLR_JSETC_REFUND) line->amount_fen = (clr_fen)any(random, 100000000);
        else line->result = (uint32_t)below(random, variant == CLR_JSETC_DISPUTE ? 2 : 101);
        sum_fen += line->amount_fen;
    }
    return sum_fen;
}

static void make_package(struct jsetc_whole *whole, uint64_t *random)
{
    struct jsetc_item *const item = add(whole, JSETC_ITEM_LIST);

    item->list.message_id = any(random, UINT64_C(999999999999999999));
    item->list.count = (uint32_t)below(random, 5);
    const clr_fen sum_fen = make_lines(whole, random, item->list.count);
    item->list.amount_fen = whole->message.variant == CLR_JSETC_REFUND ? sum_fen : (clr_fen)any(random, 10000000);
    whole->message.count += item->list.count;
    if (whole->message.variant == CLR_JSETC_REFUND) whole->message.amount_fen += sum_fen;
    add(whole, JSETC_ITEM_LIST_END);
}

static void make_cleared(struct jsetc_whole *whole, uint64_t *random)
{
    struct clr_jsetc_list *const list = &add(whole, JSETC_ITEM_LIST)->list;

    list->provider = any(random, UINT64_MAX) | 1;
    list->messages = (uint32_t)below(random, 4);
    list->files = (uint32_t)below(random, 3);
    for (unsigned i = 0; i < list->messages; i++) add(whole, JSETC_ITEM_LINE)->line.message_id = any(random, UINT64_C(999999999999999998)) + 1;
    for (unsigned i = 0; i < list->files; i++) add(whole, JSETC_ITEM_LINE)->line.file_id = any(random, UINT32_MAX - 1) + 1;
    add(whole, JSETC_ITEM_LIST_END);
}

static void make_kind(struct clr_jsetc_message *message, enum clr_jsetc_variant variant, uint64_t *random)
{
    message->variant = variant;
    message->message_class = variant == CLR_JSETC_CONFIRMATION ? 6 : 5;
    message->message_type = variant == CLR_JSETC_ACCOUNT || variant == CLR_JSETC_TOTALS ? 5 : 7;
    message->content = variant == CLR_JSETC_DISPUTE || variant == CLR_JSETC_TOTALS ? 2 : variant == CLR_JSETC_REFUND ? 3 : 1;
    if (variant != CLR_JSETC_CONFIRMATION) return;
    message->message_type = (uint8_t)(5 + 2 * below(random, 2));
    message->content = (uint8_t)(1 + below(random, 3));
}

/* Only what the variant has. */
static void make_head(struct jsetc_whole *whole, enum clr_jsetc_variant variant, uint64_t *random)
{
    struct clr_jsetc_message *const message = &whole->message;
    const bool confirmation = variant == CLR_JSETC_CONFIRMATION, package = variant == CLR_JSETC_ORIGINALS || variant == CLR_JSETC_REFUND;

    *message = (struct clr_jsetc_message){ .version = below(random, 2) ? 0x00010000 : 0x00020000, .target = CLR_DAY_NONE, .processed_at_s = CLR_TIME_NONE };
    make_kind(message, variant, random);
    message->sender = any(random, UINT64_MAX) | 1;
    message->receiver = any(random, UINT64_MAX) | 1;
    message->header_id = any(random, UINT64_C(999999999999999999));
    if (package || variant == CLR_JSETC_TOTALS || (confirmation && message->message_type == 7 && message->content == 1 && below(random, 3)))
        message->target = clr_day_of_time(any_time(random));
    if (!confirmation && variant != CLR_JSETC_TOTALS) {
        message->provider = any(random, UINT64_MAX) | 1;
        message->issuer = any(random, UINT64_MAX) | 1;
    }
    if (variant == CLR_JSETC_DISPUTE) message->operator_id = any(random, UINT64_MAX) | 1;
    if (variant == CLR_JSETC_DISPUTE) message->file_id = any(random, UINT32_MAX);
    if (package || confirmation || variant == CLR_JSETC_ACCOUNT) message->message_id = any(random, UINT64_C(999999999999999999));
    if (variant != CLR_JSETC_ORIGINALS) message->processed_at_s = any_time(random);
    if (confirmation) message->result = 1 + (uint32_t)below(random, 8);
}

void jsetc_make(struct jsetc_whole *out, enum clr_jsetc_variant variant, uint64_t *random)
{
    const unsigned count = (unsigned)below(random, 8);
    struct clr_jsetc_message *const message = &out->message;

    out->count = out->text_used = 0;
    make_head(out, variant, random);
    if (variant == CLR_JSETC_ACCOUNT || variant == CLR_JSETC_TOTALS) message->count = (uint32_t)any(random, UINT32_MAX);
    if (variant == CLR_JSETC_ACCOUNT || variant == CLR_JSETC_TOTALS) message->amount_fen = (clr_fen)any(random, CLR_RECORD_FEN_MAX);
    if (variant == CLR_JSETC_DISPUTE && below(random, 2)) {
        message->amount_fen = (clr_fen)any(random, CLR_RECORD_FEN_MAX);
        message->has |= BIT(AMOUNT);
    }
    if (variant == CLR_JSETC_TOTALS && below(random, 2)) {
        message->issuer = any(random, UINT64_MAX) | 1;
        message->has |= BIT(ISSUER);
    }
    if (variant == CLR_JSETC_ACCOUNT) {
        message->disputed = count;
        (void)make_lines(out, random, count);
    }
    for (unsigned i = 0; i < count; i++) {
        if (variant == CLR_JSETC_ORIGINALS) {
            struct clr_jsetc_transaction *const transaction = &add(out, JSETC_ITEM_TRANSACTION)->transaction;
            make_transaction(out, random, i + 1, transaction);
            message->count++;
            message->amount_fen += transaction->fee_fen;
        }
        if (variant == CLR_JSETC_DISPUTE || variant == CLR_JSETC_REFUND) make_package(out, random);
        if (variant == CLR_JSETC_TOTALS) make_cleared(out, random);
    }
}

enum clr_status jsetc_write(const struct jsetc_whole *whole, bool fen, char *data, size_t capacity, size_t *size)
{
    struct clr_jsetc_writer writer = { .data = data, .capacity = capacity, .fen = fen };
    enum clr_status status = clr_jsetc_write_begin(&writer, &whole->message);

    for (size_t i = 0; i < whole->count && status == CLR_OK; i++) {
        const struct jsetc_item *const item = &whole->item[i];
        switch (item->kind) {
        case JSETC_ITEM_TRANSACTION: status = clr_jsetc_write_transaction(&writer, &item->transaction); break;
        case JSETC_ITEM_LIST: status = clr_jsetc_write_list_begin(&writer, &item->list); break;
        case JSETC_ITEM_LINE: status = clr_jsetc_write_line(&writer, &item->line); break;
        default: status = clr_jsetc_write_list_end(&writer);
        }
    }
    if (status == CLR_OK) status = clr_jsetc_write_end(&writer);
    *size = writer.size;
    return status;
}

/* ---- reading ---- */

struct reading {
    struct jsetc_whole *out;
    struct clr_reader reader;
    bool yuan;
};

/* Texts of the reader's own memory live only until the visitor returns. */
static void keep_texts(struct jsetc_whole *whole, struct clr_jsetc_transaction *transaction)
{
    struct clr_jsetc_detail *const detail = &transaction->detail;
    struct clr_bytes *const texts[] = { &transaction->network, &transaction->card, &transaction->card_plate, &transaction->obu_network,
                                        &transaction->obu_plate, &transaction->description, &transaction->detail_text, &transaction->outer_id,
                                        &transaction->name, &transaction->park_time, &detail->vehicle_class, &detail->exit_type,
                                        &detail->exit_network, &detail->exit_plaza, &detail->exit_lane, &detail->entry_type,
                                        &detail->entry_network, &detail->entry_plaza, &detail->entry_lane };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = keep(whole, texts[i]->data, texts[i]->size);
}

static enum clr_status on_event(void *context, enum clr_jsetc_event event, struct clr_jsetc_texts *texts, struct clr_fault *fault)
{
    struct reading *const reading = context;
    struct jsetc_whole *const out = reading->out;

    (void)fault;
    if (event == CLR_JSETC_EVENT_BODY) clr_jsetc_message_of(texts, reading->yuan, &out->message);
    if (event == CLR_JSETC_EVENT_LIST) clr_jsetc_list_of(texts, reading->yuan, &add(out, JSETC_ITEM_LIST)->list);
    if (event == CLR_JSETC_EVENT_LIST_END) add(out, JSETC_ITEM_LIST_END);
    if (event != CLR_JSETC_EVENT_RECORD) return CLR_OK;
    if (texts->variant == CLR_JSETC_ORIGINALS) {
        struct clr_jsetc_transaction *const transaction = &add(out, JSETC_ITEM_TRANSACTION)->transaction;
        clr_jsetc_transaction_of(texts, reading->yuan, &reading->reader, transaction);
        keep_texts(out, transaction);
        return CLR_OK;
    }
    struct clr_jsetc_line *const line = &add(out, JSETC_ITEM_LINE)->line;
    clr_jsetc_line_of(texts, reading->yuan, line);
    if (texts->variant == CLR_JSETC_TOTALS && line->message_id == 0 && line->file_id == 0) out->count--;
    return CLR_OK;
}

enum clr_status jsetc_read(struct clr_bytes bytes, bool fen, struct jsetc_whole *out, struct clr_jsetc_trouble *trouble)
{
    struct reading reading = { .out = out, .reader = { .date_day = CLR_DAY_NONE }, .yuan = !fen };

    out->count = out->text_used = 0;
    return clr_jsetc_read(bytes, true, on_event, &reading, trouble, NULL);
}

/* ---- comparing ---- */

#define SAME(field) if (a->field != b->field) return #field
#define SAME_TEXT(field) if (!clr_bytes_equal(a->field, b->field)) return #field

static const char *differ_message(const struct clr_jsetc_message *a, const struct clr_jsetc_message *b)
{
    SAME(variant); SAME(version); SAME(message_class); SAME(message_type); SAME(content); SAME(sender); SAME(receiver); SAME(header_id); SAME(target);
    SAME(operator_id); SAME(provider); SAME(issuer); SAME(message_id); SAME(file_id); SAME(processed_at_s); SAME(result); SAME(count); SAME(disputed);
    SAME(amount_fen); SAME(amount_negative); SAME(bad.any);
    return NULL;
}

static const char *differ_line(const struct clr_jsetc_line *a, const struct clr_jsetc_line *b)
{
    SAME(trans_id); SAME(result); SAME(amount_fen); SAME(message_id); SAME(file_id); SAME(amount_negative); SAME(bad.any);
    return NULL;
}

static const char *differ_list(const struct clr_jsetc_list *a, const struct clr_jsetc_list *b)
{
    SAME(provider); SAME(message_id); SAME(count); SAME(messages); SAME(files); SAME(amount_fen); SAME(bad.any);
    return NULL;
}

static const char *differ_parts(const struct clr_jsetc_transaction *a, const struct clr_jsetc_transaction *b)
{
    SAME_TEXT(detail.vehicle_class); SAME_TEXT(detail.exit_type); SAME_TEXT(detail.exit_network); SAME_TEXT(detail.exit_plaza); SAME_TEXT(detail.exit_lane);
    SAME_TEXT(detail.entry_type); SAME_TEXT(detail.entry_network); SAME_TEXT(detail.entry_plaza); SAME_TEXT(detail.entry_lane);
    SAME(detail.exited_at_s); SAME(detail.entered_at_s);
    SAME(customized.tac); SAME(customized.amount_fen); SAME(customized.terminal_counter); SAME(customized.after_fen); SAME(customized.before_fen);
    SAME(customized.terminal); SAME(customized.card_counter); SAME(customized.reserved); SAME(customized.type); SAME(customized.time_s);
    return NULL;
}

static const char *differ_transaction(const struct clr_jsetc_transaction *a, const struct clr_jsetc_transaction *b)
{
    SAME(trans_id); SAME(time_s); SAME(fee_fen); SAME(fee_negative); SAME(time_impossible); SAME(detail_impossible); SAME(tac_blank); SAME(service_type);
    SAME(card_type); SAME(type); SAME(algorithm); SAME(card_counter); SAME(obu_state); SAME(vehicle_type); SAME(before_fen); SAME(after_fen); SAME(tac);
    SAME(terminal_counter); SAME(terminal); SAME(obu_id); SAME(obu_digits); SAME(disagrees); SAME(bad.any);
    SAME_TEXT(network); SAME_TEXT(card); SAME_TEXT(card_plate); SAME_TEXT(obu_network); SAME_TEXT(obu_plate); SAME_TEXT(description); SAME_TEXT(outer_id);
    SAME_TEXT(name); SAME_TEXT(park_time);
    return differ_parts(a, b);
}

const char *jsetc_differ(const struct jsetc_whole *a, const struct jsetc_whole *b)
{
    const char *what = differ_message(&a->message, &b->message);

    if (what == NULL && a->count != b->count) what = "number of items";
    for (size_t i = 0; i < a->count && what == NULL; i++) {
        const struct jsetc_item *const left = &a->item[i], *const right = &b->item[i];
        if (left->kind != right->kind) return "kind of an item";
        if (left->kind == JSETC_ITEM_LIST) what = differ_list(&left->list, &right->list);
        if (left->kind == JSETC_ITEM_LINE) what = differ_line(&left->line, &right->line);
        if (left->kind == JSETC_ITEM_TRANSACTION) what = differ_transaction(&left->transaction, &right->transaction);
    }
    return what;
}
