/** Text inside XML, SVG and HTML. */
#ifndef CORE_BASE_XML_H
#define CORE_BASE_XML_H

#include "base/buf.h"

/** Append `s` so that it reads as text or as a quoted attribute's value: & < > " ' are named, control characters, which
 *  XML has no way to say, become blanks. */
void buf_add_xml(struct buf *b, const char *s);

#endif
