#include "ingest/whole.h"

#include <stdlib.h>
#include <string.h>

#define SLICE(member) offsetof(struct clr_raw, member)
static const size_t slices[] = { SLICE(card), SLICE(unit), SLICE(city_card), SLICE(city_trade), SLICE(issuer_id), SLICE(id), SLICE(orig_id),
                                 SLICE(issuer_code), SLICE(acquirer_code), SLICE(reason_text), SLICE(note_text),
                                 /* of toll only */
                                 SLICE(toll.pass_id), SLICE(toll.trade_id), SLICE(toll.units), SLICE(toll.charges), SLICE(toll.dues),
                                 SLICE(toll.provinces), SLICE(toll.province_parts), SLICE(toll.station), SLICE(toll.provider) };
#define SLICES (sizeof slices / sizeof *slices)
#define TOLL_SLICES 9

struct walk {
    struct clr_whole *whole;
    size_t slice_count;
};

static struct clr_bytes *slice_of(struct clr_raw *raw, size_t i) { return (struct clr_bytes *)(void *)((uint8_t *)raw + slices[i]); }

/** Does the slice last as long as the file? */
static bool lasts(const struct clr_whole *whole, const struct clr_bytes *slice)
{
    const uintptr_t at = (uintptr_t)slice->data, from = (uintptr_t)whole->data;
    return slice->size == 0 || (at >= from && at + slice->size <= from + whole->size);
}

/** What the record points at, in memory of our own: the codec's is gone when the walk goes on. */
static enum clr_status keep_texts(const struct walk *walk, struct clr_raw *raw, char **text)
{
    size_t size = 0;
    for (size_t i = 0; i < walk->slice_count; i++)
        if (!lasts(walk->whole, slice_of(raw, i))) size += slice_of(raw, i)->size;
    *text = NULL;
    if (size == 0) return CLR_OK;
    *text = malloc(size);
    if (*text == NULL) return CLR_FULL;
    char *to = *text;
    for (size_t i = 0; i < walk->slice_count; i++) {
        struct clr_bytes *const slice = slice_of(raw, i);
        if (lasts(walk->whole, slice)) continue;
        memcpy(to, slice->data, slice->size);
        *slice = clr_bytes_of((const uint8_t *)to, slice->size);
        to += slice->size;
    }
    return CLR_OK;
}

static enum clr_status grow(struct clr_whole *whole)
{
    if (whole->count < whole->capacity) return CLR_OK;
    const size_t capacity = whole->capacity * 2 + 64;
    /* Not realloc: card numbers must not stay behind. */
    struct clr_raw *const raw = malloc(capacity * sizeof *raw);
    char **const text = malloc(capacity * sizeof *text);
    if (raw == NULL || text == NULL) {
        free(raw);
        free(text);
        return CLR_FULL;
    }
    if (whole->count > 0) {
        memcpy(raw, whole->raw, whole->count * sizeof *raw);
        memcpy(text, whole->text, whole->count * sizeof *text);
        explicit_bzero(whole->raw, whole->count * sizeof *raw);
    }
    free(whole->raw);
    free(whole->text);
    whole->raw = raw;
    whole->text = text;
    whole->capacity = capacity;
    return CLR_OK;
}

static enum clr_status visit(void *context, const struct clr_raw *raw, struct clr_fault *fault)
{
    const struct walk *const walk = context;
    struct clr_whole *const whole = walk->whole;
    (void)fault;
    CLR_ASSERT((size_t)raw->offset + raw->size <= whole->size);
    CLR_TRY(grow(whole));
    whole->raw[whole->count] = *raw;
    CLR_TRY(keep_texts(walk, &whole->raw[whole->count], &whole->text[whole->count]));
    whole->count++;
    return CLR_OK;
}

enum clr_status clr_whole_walk(struct clr_whole *whole, struct clr_codec_file *file, struct clr_fault *fault)
{
    struct walk walk = { whole, file->codec->product == CLR_PRODUCT_TOLL ? SLICES : SLICES - TOLL_SLICES };
    return file->codec->walk(file, clr_bytes_of(whole->data, whole->size), visit, &walk, fault);
}

void clr_whole_free(struct clr_whole *whole)
{
    if (whole->data != NULL) explicit_bzero(whole->data, whole->size);
    if (whole->count > 0) explicit_bzero(whole->raw, whole->count * sizeof *whole->raw);
    for (size_t i = 0; i < whole->count; i++) free(whole->text[i]);
    free(whole->data);
    free(whole->raw);
    free(whole->text);
    memset(whole, 0, sizeof *whole);
}
