/*
 * html_parts.h: the parts of a report, in the order they stand on the page.
 *
 * Threads   plain data; errors as html.h.
 */
#ifndef CLR_PUBLISH_HTML_PARTS_H
#define CLR_PUBLISH_HTML_PARTS_H

#include "publish/html.h"
#include "publish/report_facts.h"

/** The style sheet: colours for light, dark and paper, from 360 px up. */
const char *clr_html_style(void);

/** Title, what the report is about, and the windows (html_head.c). */
void clr_html_head(struct clr_html *html, const struct clr_report_facts *facts);

/** The figures that matter, large. @return CLR_OK | CLR_OVERFLOW */
CLR_MUST_USE enum clr_status clr_html_key_figures(struct clr_html *html, const struct clr_report_facts *facts);

/** Positions of members, payments (html_money.c); then kinds, participants, what is left between each two. @return CLR_OK | CLR_OVERFLOW */
CLR_MUST_USE enum clr_status clr_html_money(struct clr_html *html, const struct clr_report_window *window, const char *mark);
CLR_MUST_USE enum clr_status clr_html_money_detail(struct clr_html *html, const struct clr_report_window *window, const char *mark);

/** Who owes whom, as a picture and as a table (html_matrix.c). @return CLR_OK | CLR_OVERFLOW | CLR_FULL */
CLR_MUST_USE enum clr_status clr_html_matrix(struct clr_html *html, const struct clr_report_window *window, const char *mark);
CLR_MUST_USE enum clr_status clr_html_matrix_rows(struct clr_html *html, const struct clr_report_window *window, const char *mark);

/** The hours of the trades (html_hours.c). */
void clr_html_hours(struct clr_html *html, const struct clr_report_window *window, const char *mark);

/** Verdicts, reasons, senders, files (html_inputs.c). @return CLR_OK | CLR_OVERFLOW | CLR_FULL */
CLR_MUST_USE enum clr_status clr_html_inputs(struct clr_html *html, const struct clr_report_facts *facts);

/** What was checked, and the digests of inputs, rules and outputs (html_proof.c). @return CLR_OK | CLR_DAMAGED | CLR_FULL */
CLR_MUST_USE enum clr_status clr_html_proof(struct clr_html *html, const struct clr_report_facts *facts);

/** "transit 2026-03-03" in the language. */
void clr_html_window_name(struct clr_html *html, const struct clr_report_window *window);

#endif
