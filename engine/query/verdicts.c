#include "query/verdicts.h"

#include <stdlib.h>

static enum clr_status damaged(struct clr_tx *tx, struct clr_fault *fault)
{
    clr_fault_say(fault, CLR_DAMAGED, "a stored verdict cannot be read; run `clear verify`",
                  "存储的判定结果无法读取；请运行 `clear verify`");
    clr_fault_at(fault, tx->env->path, 0, NULL);
    return CLR_DAMAGED;
}

/* ---- events beside the map ---- */

static enum clr_status next_event(struct clr_verdicts *verdicts, struct clr_fault *fault)
{
    struct clr_bytes key;
    const enum clr_status status = clr_scan_next(&verdicts->events, &key, &verdicts->event_value, fault);
    verdicts->event_record = 0;
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    if (key.size != 8 || verdicts->event_value.size != 20) return damaged(verdicts->tx, fault);
    const clr_record_id id = clr_get_be64(key.data);
    if (clr_record_id_admission(id) == verdicts->admission) verdicts->event_record = id;
    return CLR_OK;
}

/** Start at the file's first record: admissions share bytes with numbers in the key, so the scan is over all and stops behind the file. */
static enum clr_status first_event(struct clr_verdicts *verdicts, struct clr_fault *fault)
{
    struct clr_bytes key;
    uint8_t from[8];
    clr_put_be64(from, clr_record_id_of(verdicts->admission, 0));
    CLR_TRY(clr_scan_open(verdicts->tx, CLR_TABLE_evof, NULL, 0, &verdicts->events, fault));
    const enum clr_status status = clr_scan_seek(&verdicts->events, from, sizeof from, &key, &verdicts->event_value, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    if (key.size != 8 || verdicts->event_value.size != 20) return damaged(verdicts->tx, fault);
    const clr_record_id id = clr_get_be64(key.data);
    if (clr_record_id_admission(id) == verdicts->admission) verdicts->event_record = id;
    return CLR_OK;
}

/* ---- one after another ---- */

enum clr_status clr_verdicts_open(struct clr_tx *tx, uint32_t admission, struct clr_verdicts *out, struct clr_fault *fault)
{
    uint8_t prefix[4];
    *out = (struct clr_verdicts){ .tx = tx, .admission = admission };
    clr_put_be32(prefix, admission);
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_vmap, prefix, sizeof prefix, &out->chunks, fault));
    const enum clr_status status = first_event(out, fault);
    if (status != CLR_OK) clr_verdicts_close(out);
    return status;
}

void clr_verdicts_close(struct clr_verdicts *verdicts)
{
    clr_scan_close(&verdicts->chunks);
    if (verdicts->events.tx != NULL) clr_scan_close(&verdicts->events);
}

static enum clr_status next_chunk(struct clr_verdicts *verdicts, struct clr_fault *fault)
{
    struct clr_bytes key, value;
    CLR_TRY(clr_scan_next(&verdicts->chunks, &key, &value, fault));
    if (clr_vmap_open(value, &verdicts->map) != CLR_OK || verdicts->map.first != verdicts->number + 1) return damaged(verdicts->tx, fault);
    verdicts->exception = 0;
    return CLR_OK;
}

enum clr_status clr_verdicts_next(struct clr_verdicts *verdicts, struct clr_verdict_row *out, struct clr_fault *fault)
{
    while (verdicts->number + 1 >= verdicts->map.first + verdicts->map.count) CLR_TRY(next_chunk(verdicts, fault));
    const uint64_t number = ++verdicts->number;
    struct clr_exception first = { .number = 0 };

    if (verdicts->exception < verdicts->map.exception_count) clr_vmap_exception(&verdicts->map, verdicts->exception, &first);
    *out = (struct clr_verdict_row){ .id = clr_record_id_of(verdicts->admission, number), .window = CLR_DAY_NONE };
    if (first.number == number) verdicts->exception++;
    out->first = first.number == number ? first : (struct clr_exception){ .number = number, .reasons = verdicts->map.default_reasons };
    out->reasons = out->first.reasons;
    if (verdicts->event_record != out->id) return CLR_OK;
    memcpy(&out->event, verdicts->event_value.data, 8);
    memcpy(&out->reasons, verdicts->event_value.data + 8, 8);
    memcpy(&out->window, verdicts->event_value.data + 16, 4);
    return next_event(verdicts, fault);
}

/* ---- one by id ---- */

enum clr_status clr_verdict_read(struct clr_tx *tx, clr_record_id id, struct clr_verdict_row *out, struct clr_fault *fault)
{
    *out = (struct clr_verdict_row){ .id = id, .window = CLR_DAY_NONE };
    CLR_TRY(clr_vmap_get(tx, id, &out->first, fault));
    out->reasons = out->first.reasons;
    const enum clr_status status = clr_event_latest(tx, id, &out->reasons, &out->event, &out->window, fault);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

enum clr_status clr_verdict_link(struct clr_tx *tx, const struct clr_verdict_row *row, clr_record_id *out, struct clr_fault *fault)
{
    uint8_t key[8];
    struct clr_bytes value;
    struct clr_event event;

    *out = row->first.link;
    if (row->event == 0) return CLR_OK;
    clr_put_be64(key, row->event);
    if (clr_tx_get(tx, CLR_TABLE_event, key, sizeof key, &value, fault) != CLR_OK) return damaged(tx, fault);
    CLR_TRY(clr_event_unpack(clr_bytes_of(key, sizeof key), value, &event));
    free(event.text);
    /* An event always carries the link that holds from then on; what counts has none, whatever it once was in conflict with. */
    *out = clr_verdict_of(row->reasons) == CLR_VERDICT_ACCEPTED ? 0 : event.link;
    return CLR_OK;
}
