/* terms.c: the names of the closed vocabularies, from the lists of terms.h. */
#include "model/terms.h"

#include <assert.h>
#include <stddef.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

#define X(label, number, name, zh, en) [number] = { name, zh, en },
static const struct clr_term products[] = { CLR_PRODUCT_LIST(X) };
static const struct clr_term formats[] = { CLR_FORMAT_LIST(X) };
static const struct clr_term kinds[] = { CLR_KIND_LIST(X) };
static const struct clr_term services[] = { CLR_SERVICE_LIST(X) };
static const struct clr_term verdicts[] = { CLR_VERDICT_LIST(X) };
static const struct clr_term roles[] = { CLR_ROLE_LIST(X) };
static const struct clr_term file_reasons[] = { CLR_FILE_REASON_LIST(X) };
#undef X
#define X(label, bit, verdict, name, zh, en) [bit] = { name, zh, en },
static const struct clr_term reasons[] = { CLR_REASON_LIST(X) };
#undef X
#define X(label, bit, name, zh, en) [(bit) - 62] = { name, zh, en },
static const struct clr_term notes[] = { CLR_NOTE_LIST(X) };
#undef X
#define X(label, bit, verdict, name, zh, en) [bit] = CLR_VERDICT_##verdict,
static const uint8_t verdict_of_reason[] = { CLR_REASON_LIST(X) };
#undef X

/* Numbers are stored, so every list is dense and its count is its last number plus one. */
#define DENSE(list, count) static_assert(COUNT_OF(list) == (count), "a number is missing or repeated")
DENSE(products, CLR_PRODUCT_COUNT);
DENSE(formats, CLR_FORMAT_COUNT);
DENSE(kinds, CLR_KIND_COUNT);
DENSE(services, CLR_SERVICE_COUNT);
DENSE(verdicts, CLR_VERDICT_COUNT);
DENSE(roles, CLR_ROLE_COUNT);
DENSE(reasons, CLR_REASON_COUNT);
DENSE(notes, CLR_NOTE_COUNT);
DENSE(file_reasons, CLR_FILE_REASON_COUNT);
static_assert((int)CLR_REASON_COUNT <= 62, "bits 62 and 63 are notes");

static struct clr_term term_at(const struct clr_term *list, size_t count, unsigned number)
{
    return number < count ? list[number] : (struct clr_term){ "?", "?", "?" };
}

static int find_in(const struct clr_term *list, size_t count, struct clr_bytes name)
{
    for (size_t i = 0; i < count; i++) {
        if (clr_bytes_equal(clr_bytes_text(list[i].name), name)) return (int)i;
    }
    return -1;
}

struct clr_term clr_product_term(unsigned number) { return term_at(products, COUNT_OF(products), number); }
struct clr_term clr_format_term(unsigned number) { return term_at(formats, COUNT_OF(formats), number); }
struct clr_term clr_kind_term(unsigned number) { return term_at(kinds, COUNT_OF(kinds), number); }
struct clr_term clr_service_term(unsigned number) { return term_at(services, COUNT_OF(services), number); }
struct clr_term clr_verdict_term(unsigned number) { return term_at(verdicts, COUNT_OF(verdicts), number); }
struct clr_term clr_role_term(unsigned number) { return term_at(roles, COUNT_OF(roles), number); }
struct clr_term clr_reason_term(unsigned bit) { return term_at(reasons, COUNT_OF(reasons), bit); }
struct clr_term clr_note_term(unsigned index) { return term_at(notes, COUNT_OF(notes), index); }
struct clr_term clr_file_reason_term(unsigned bit) { return term_at(file_reasons, COUNT_OF(file_reasons), bit); }

int clr_product_find(struct clr_bytes name) { return find_in(products, COUNT_OF(products), name); }
int clr_format_find(struct clr_bytes name) { return find_in(formats, COUNT_OF(formats), name); }
int clr_kind_find(struct clr_bytes name) { return find_in(kinds, COUNT_OF(kinds), name); }
int clr_service_find(struct clr_bytes name) { return find_in(services, COUNT_OF(services), name); }
int clr_verdict_find(struct clr_bytes name) { return find_in(verdicts, COUNT_OF(verdicts), name); }
int clr_role_find(struct clr_bytes name) { return find_in(roles, COUNT_OF(roles), name); }
int clr_reason_find(struct clr_bytes name) { return find_in(reasons, COUNT_OF(reasons), name); }
int clr_file_reason_find(struct clr_bytes name) { return find_in(file_reasons, COUNT_OF(file_reasons), name); }

enum clr_verdict clr_verdict_of(uint64_t reason_bits)
{
    const int primary = clr_reason_primary(reason_bits);

    return primary < 0 ? CLR_VERDICT_ACCEPTED : (enum clr_verdict)verdict_of_reason[primary];
}
