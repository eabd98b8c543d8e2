/* jsetc_package.c: see jsetc_package.h. */
#include "jsetc_package.h"

#include <stdio.h>
#include <stdlib.h>

#include "../codecs/jsetc_write.h"

#define TEXT(text) clr_bytes_of(text, sizeof(text) - 1)

static void fill(struct clr_jsetc_transaction *to, unsigned number, char card[17])
{
    const int64_t time_s = clr_time_of(2026, 3, 2, 0, 0, 0) + number * 7 % CLR_DAY_S;
    const struct clr_jsetc_detail detail = { TEXT("1"), TEXT("04"), TEXT("3201"), TEXT("0017"), TEXT("0003"), TEXT("03"), TEXT("3201"), TEXT("0042"),
                                             TEXT("0001"), time_s, time_s - 3600 };

    snprintf(card, 17, "4000%012u", number % 1000000007u);
    *to = (struct clr_jsetc_transaction){ .trans_id = number, .time_s = time_s, .fee_fen = 1500, .service_type = 2, .card_type = 22, .type = 9,
                                          .card_counter = (uint16_t)number, .obu_state = 0x0205, .before_fen = 20000 + number, .after_fen = 18500 + number,
                                          .tac = 0x5a170000u + number, .terminal_counter = number, .terminal = 0x01320002d900 + number % 900,
                                          .obu_id = UINT64_C(0x3201000000000000) + number, .obu_digits = 16, .network = TEXT("3201"),
                                          .card = clr_bytes_of(card, 16), .card_plate = TEXT("苏Z00001蓝"), .obu_network = TEXT("3201"),
                                          .obu_plate = TEXT("苏Z00001蓝"), .description = TEXT("虚构南|1小时15分钟"), .detail = detail };
    to->customized = (struct clr_jsetc_customized){ .tac = to->tac, .amount_fen = 1500, .terminal_counter = number, .after_fen = to->after_fen,
                                                    .before_fen = to->before_fen, .terminal = to->terminal, .card_counter = to->card_counter, .type = 9,
                                                    .time_s = time_s };
}

char *jsetc_package_make(size_t size, size_t *package_size, size_t *records)
{
    const size_t count = size / 1500 + 1;                   /* a transaction in this layout */
    struct clr_jsetc_writer writer = { .capacity = size + size / 2 + CLR_JSETC_TRANSACTION_BYTES };
    const struct clr_jsetc_message message = { .variant = CLR_JSETC_ORIGINALS, .version = 0x00010000, .message_class = 5, .message_type = 7, .content = 1,
                                               .sender = 0xfd, .receiver = 0x20, .header_id = 6800, .target = clr_day_of_date(2026, 3, 2), .provider = 0xfd,
                                               .issuer = 0x20, .message_id = 6800, .count = (uint32_t)count, .amount_fen = 1500 * (clr_fen)count };
    struct clr_jsetc_transaction transaction;
    char card[17];

    writer.data = malloc(writer.capacity);
    if (writer.data == NULL) return NULL;
    enum clr_status status = clr_jsetc_write_begin(&writer, &message);
    for (unsigned i = 1; i <= count && status == CLR_OK; i++) {
        fill(&transaction, i, card);
        status = clr_jsetc_write_transaction(&writer, &transaction);
    }
    if (status == CLR_OK) status = clr_jsetc_write_end(&writer);
    if (status != CLR_OK) {
        free(writer.data);
        return NULL;
    }
    *package_size = writer.size;
    *records = count;
    return writer.data;
}
