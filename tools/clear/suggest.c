#include "suggest.h"

#include <string.h>
#include <strings.h>

#define WORD_MAX 63

static unsigned lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned)(c - 'A' + 'a') : (unsigned char)c;
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: three rows of the usual table are enough for swaps of neighbours. */
unsigned suggest_distance(const char *a, const char *b)
{
    const size_t rows = strlen(a), columns = strlen(b);
    unsigned before[WORD_MAX + 1], above[WORD_MAX + 1], row[WORD_MAX + 1];

    if (rows > WORD_MAX || columns > WORD_MAX) return WORD_MAX + 1;
    memset(before, 0, sizeof before);
    for (size_t j = 0; j <= columns; j++) above[j] = (unsigned)j;
    for (size_t i = 1; i <= rows; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= columns; j++) {
            const unsigned replace = above[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));
            row[j] = smaller(replace, smaller(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
                row[j] = smaller(row[j], before[j - 2] + 1);
        }
        memcpy(before, above, sizeof before);
        memcpy(above, row, sizeof above);
    }
    return above[columns];
}

void suggest_offer(struct suggestion *suggestion, const char *candidate)
{
    const size_t length = strlen(candidate), typed = strlen(suggestion->typed);
    unsigned limit = (unsigned)(length / 3);
    unsigned distance = suggest_distance(suggestion->typed, candidate);

    if (limit < 1) limit = 1;
    if (limit > 3) limit = 3;
    if (typed >= 3 && typed < length && strncasecmp(candidate, suggestion->typed, typed) == 0 && distance > limit) distance = limit;
    if (distance > limit) return;
    if (suggestion->best != NULL && distance >= suggestion->distance) return;
    suggestion->best = candidate;
    suggestion->distance = distance;
}
