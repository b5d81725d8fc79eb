/**
 * Mustache templates, by kainjow-mustache. Everything of it and of C++ stays in template.cc. A template may be
 * rendered by several threads at once.
 */
#ifndef CORE_WORDING_TEMPLATE_H
#define CORE_WORDING_TEMPLATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct buf;

struct template_;

/** Parse `text`, whose syntax template_check() has found sound. html: values are escaped when they are put in.
 *  NULL without memory, or if it cannot be parsed after all. Release with template_free(). */
struct template_ *template_new(const char *text, bool html);
void template_free(struct template_ *t);

/** A view, made once for several templates: objects, arrays, strings, integers and booleans of `view`, which need
 *  not outlive the call. NULL without memory. */
struct template_view;
struct template_view *template_view_new(const json_t *view);
void template_view_free(struct template_view *view);

/** Append the text; out->failed without memory. */
void template_render(struct template_ *t, const struct template_view *view, struct buf *out);

#ifdef __cplusplus
}
#endif

#endif
