/*
 * party_memo.h: private to the checker: the parties found before, by what was asked. Asked twice a record, so it is made of words.
 *
 * A question is up to two texts, a day, a format, and the length of the card number. Its texts become words by loads that overlap: the first
 * and the last bytes of a text say, together with its size, all of it, and no load reaches outside it. So equal words are equal questions,
 * and an answer is never another question's. What does not fit into the words is not remembered.
 *
 *   first text   words 0 and 1: its first and last eight bytes; 17..32 bytes: 4 and 5 the eight behind and before those, too;
 *                33..48 bytes: 2 and 3 the eight behind and before those, and there is no second text
 *   second text  words 2 and 3: its first and last eight bytes
 *
 * A file has few questions but asks them in any order: two places for each, so that two that meet do not drive each other out.
 *
 * Threads   a table belongs to one checker.
 */
#ifndef CLR_INGEST_PARTY_MEMO_H
#define CLR_INGEST_PARTY_MEMO_H

#include "base/bytes.h"
#include "base/day.h"
#include "model/terms.h"
#include "model/txn.h"

#define CLR_MEMO_BITS 11
#define CLR_MEMO_BRIEF_MAX 8
#define CLR_MEMO_FIRST_MAX 32                         /* bytes of the first text beside a second one of */
#define CLR_MEMO_SECOND_MAX 16                        /* up to so many */
#define CLR_MEMO_ALONE_MAX 48                         /* bytes of the first text without a second */

struct clr_party_question {
    uint64_t word[6];
    uint64_t shape;                                   /* day, length of the number, sizes of the texts, format */
};

/** An answer. One cache line. */
struct clr_party_memo {
    struct clr_party_question question;
    clr_party party;                                  /* CLR_PARTY_NONE: free */
    uint32_t zero;
};
static_assert(sizeof(struct clr_party_memo) == 64, "a cache line");

static inline uint64_t clr_memo_load64(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, 8);
    return value;
}

/** The first eight bytes of a text; all of them when there are no more. */
static inline uint64_t clr_memo_front(struct clr_bytes text)
{
    uint32_t first, last;
    if (text.size >= 8) return clr_memo_load64(text.data);
    if (text.size >= 4) {
        memcpy(&first, text.data, 4);
        memcpy(&last, text.data + text.size - 4, 4);
        return (uint64_t)first << 32 | last;
    }
    if (text.size == 0) return 0;
    return (uint64_t)text.data[0] << 16 | (uint64_t)text.data[text.size / 2] << 8 | text.data[text.size - 1];
}

/** The last eight bytes of a text of more than eight. */
static inline uint64_t clr_memo_back(struct clr_bytes text)
{
    return text.size > 8 ? clr_memo_load64(text.data + text.size - 8) : 0;
}

/** What is between the ends of a text of 17 to 48 bytes. */
static inline void clr_memo_middle(struct clr_bytes text, struct clr_party_question *out)
{
    out->word[4] = clr_memo_load64(text.data + 8);
    out->word[5] = clr_memo_load64(text.data + text.size - 16);
    if (text.size <= 32) return;
    out->word[2] = clr_memo_load64(text.data + 16);
    out->word[3] = clr_memo_load64(text.data + text.size - 24);
}

static inline uint64_t clr_memo_shape(enum clr_format format, size_t first, size_t second, size_t number, clr_day day)
{
    return (uint64_t)(uint32_t)day << 32 | (uint32_t)(number << 24 | second << 16 | first << 8 | (unsigned)format);
}

/** Who is the acquirer of this unit and city? False when the texts are too long to remember. */
static inline bool clr_memo_ask_acquirer(struct clr_party_question *out, enum clr_format format, struct clr_bytes unit, struct clr_bytes city, clr_day day)
{
    if (city.size > CLR_MEMO_SECOND_MAX || unit.size > (city.size == 0 ? CLR_MEMO_ALONE_MAX : CLR_MEMO_FIRST_MAX)) return false;
    *out = (struct clr_party_question){ { clr_memo_front(unit), clr_memo_back(unit), clr_memo_front(city), clr_memo_back(city), 0, 0 },
                                        clr_memo_shape(format, unit.size, city.size, 0, day) };
    if (unit.size > 16) clr_memo_middle(unit, out);
    return true;
}

/** No more of a number than the longest prefix of cards.csv decides its issuer, and its length. */
struct clr_memo_prefix {
    size_t size;                                      /* of the longest prefix */
    uint64_t mask[2];                                 /* its bytes among the first 16 of a number, where they are enough */
};

static inline struct clr_memo_prefix clr_memo_prefix_of(size_t size)
{
    static const uint8_t ones[32] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };
    struct clr_memo_prefix prefix = { size, { 0, 0 } };
    if (size <= 16) memcpy(prefix.mask, ones + 16 - size, sizeof prefix.mask);
    return prefix;
}

/** Whose card is this number, of this city? The number has no blanks around it. */
static inline bool clr_memo_ask_issuer(struct clr_party_question *out, enum clr_format format, const struct clr_memo_prefix *prefix, struct clr_bytes number,
                                       struct clr_bytes city, clr_day day)
{
    const size_t first = number.size < prefix->size ? number.size : prefix->size;
    if (number.size > UINT8_MAX || city.size > CLR_MEMO_SECOND_MAX || first > CLR_MEMO_FIRST_MAX) return false;
    *out = (struct clr_party_question){ { 0, 0, clr_memo_front(city), clr_memo_back(city), 0, 0 },
                                        clr_memo_shape(format, first, city.size, number.size, day) };
    if (number.size >= 16 && prefix->size <= 16) {
        out->word[0] = clr_memo_load64(number.data) & prefix->mask[0];
        out->word[1] = clr_memo_load64(number.data + 8) & prefix->mask[1];
        return true;
    }
    number.size = first;
    out->word[0] = clr_memo_front(number);
    out->word[1] = clr_memo_back(number);
    if (first > 16) clr_memo_middle(number, out);
    return true;
}

/** First of a question's two places; the other is its neighbour. */
static inline size_t clr_memo_place(const struct clr_party_question *question)
{
    const uint64_t hash = (question->word[0] ^ question->word[3] ^ question->shape) * UINT64_C(0x9e3779b97f4a7c15)
        ^ (question->word[1] ^ question->word[2]) * UINT64_C(0xd6e8feb86659fd93);
    return (size_t)(hash >> (64 - CLR_MEMO_BITS));
}

static inline bool clr_memo_same(const struct clr_party_question *a, const struct clr_party_question *b)
{
    const uint64_t ends = (a->word[0] ^ b->word[0]) | (a->word[1] ^ b->word[1]) | (a->word[2] ^ b->word[2]) | (a->word[3] ^ b->word[3]);
    return (ends | (a->word[4] ^ b->word[4]) | (a->word[5] ^ b->word[5]) | (a->shape ^ b->shape)) == 0;
}

/** The party found before, CLR_PARTY_NONE when there is none. */
static inline clr_party clr_memo_recall(const struct clr_party_memo *memos, const struct clr_party_question *question)
{
    const size_t place = clr_memo_place(question);
    if (clr_memo_same(&memos[place].question, question)) return memos[place].party;
    if (clr_memo_same(&memos[place ^ 1].question, question)) return memos[place ^ 1].party;
    return CLR_PARTY_NONE;
}

/**
 * The same for a question whose texts have at most CLR_MEMO_BRIEF_MAX bytes each: the words 0 and 2 are all of it, because equal sizes, which
 * are of the shape, say that the others are zero on both sides.
 */
static inline clr_party clr_memo_recall_brief(const struct clr_party_memo *memos, uint64_t first, uint64_t second, uint64_t shape)
{
    const struct clr_party_question question = { { first, 0, second, 0, 0, 0 }, shape };
    const struct clr_party_memo *memo = &memos[clr_memo_place(&question)];
    if (((memo->question.word[0] ^ first) | (memo->question.word[2] ^ second) | (memo->question.shape ^ shape)) == 0) return memo->party;
    memo = &memos[clr_memo_place(&question) ^ 1];
    if (((memo->question.word[0] ^ first) | (memo->question.word[2] ^ second) | (memo->question.shape ^ shape)) == 0) return memo->party;
    return CLR_PARTY_NONE;
}

/** Remember a party for a question that has no answer yet. What stood in its first place moves to the second. */
static inline void clr_memo_remember(struct clr_party_memo *memos, const struct clr_party_question *question, clr_party party)
{
    const size_t place = clr_memo_place(question);
    memos[place ^ 1] = memos[place];
    memos[place] = (struct clr_party_memo){ *question, party, 0 };
}

#endif
