/* codec.c: what the engine does with any list of codecs; it knows none of them. See codec.h. */
#include "codec.h"

struct clr_finding *clr_codec_find(struct clr_codec_file *file, enum clr_file_reason reason, uint64_t record, uint64_t offset)
{
    CLR_ASSERT((unsigned)reason < CLR_FILE_REASON_COUNT);
    if (file->finding_count >= CLR_FINDINGS_MAX) return NULL;

    struct clr_finding *finding = &file->findings[file->finding_count++];
    *finding = (struct clr_finding){ .reason = reason, .record = record, .offset = offset };
    return finding;
}

const struct clr_codec *clr_codec_by_name(const struct clr_codec_list *list, struct clr_bytes name)
{
    for (unsigned i = 0; i < list->count; i++) {
        if (clr_bytes_equal(clr_bytes_text(list->codec[i]->name), name)) return list->codec[i];
    }
    return NULL;
}

const struct clr_codec *clr_codec_by_format(const struct clr_codec_list *list, enum clr_format format)
{
    for (unsigned i = 0; i < list->count; i++) {
        if (list->codec[i]->format == format) return list->codec[i];
    }
    return NULL;
}

const struct clr_codec *clr_codec_sniff(const struct clr_codec_list *list, struct clr_bytes head, const char *name)
{
    const struct clr_codec *best = NULL;
    int best_likeness = 0;

    for (unsigned i = 0; i < list->count; i++) {
        const int likeness = list->codec[i]->sniff(head, name);
        if (likeness <= best_likeness) continue;     /* the first of equals stays */
        best = list->codec[i];
        best_likeness = likeness;
    }
    return best;
}

#define X(label, number, en, zh) [number] = { en, zh },
static const struct {
    const char *en, *zh;
} rules[CLR_RULE_COUNT] = { CLR_RULE_LIST(X) };
#undef X

const char *clr_rule_en(unsigned rule)
{
    return rule < CLR_RULE_COUNT ? rules[rule].en : "?";
}

const char *clr_rule_zh(unsigned rule)
{
    return rule < CLR_RULE_COUNT ? rules[rule].zh : "?";
}
