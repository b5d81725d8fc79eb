/* No exception leaves this file: each entry point catches what memory may throw. */
#include "wording/template.h"

#include <kainjow/mustache.hpp>
#include <mutex>
#include <new>
#include <string>

extern "C" {
#include "base/buf.h"
}

using kainjow::mustache::data;
using kainjow::mustache::mustache;

struct template_ {
	mustache parsed;
	std::mutex lock; /* rendering clears the error message that it keeps */
	explicit template_(const char *text) : parsed(text)
	{
	}
};

struct template_view {
	data root;
};

namespace
{

data convert(const json_t *v)
{
	if (json_is_object(v)) {
		data object(data::type::object);
		const char *key;
		json_t *member;
		json_object_foreach(const_cast<json_t *>(v), key, member)
			object.set(key, convert(member));
		return object;
	}
	if (json_is_array(v)) {
		data list(data::type::list);
		for (size_t i = 0; i < json_array_size(v); i++)
			list.push_back(convert(json_array_get(v, i)));
		return list;
	}
	if (json_is_string(v))
		return data(std::string(json_string_value(v), json_string_length(v)));
	if (json_is_integer(v))
		return data(std::to_string(json_integer_value(v)));
	return data(static_cast<bool>(json_is_true(v)));
}

std::string as_it_is(const std::string &s)
{
	return s;
}

} // namespace

struct template_ *template_new(const char *text, bool html)
try {
	auto *t = new template_(text);
	if (!t->parsed.is_valid()) {
		delete t;
		return nullptr;
	}
	if (!html)
		t->parsed.set_custom_escape(as_it_is);
	return t;
} catch (const std::exception &) {
	return nullptr;
}

void template_free(struct template_ *t)
{
	delete t;
}

struct template_view *template_view_new(const json_t *view)
try {
	return new template_view{convert(view)};
} catch (const std::exception &) {
	return nullptr;
}

void template_view_free(struct template_view *view)
{
	delete view;
}

void template_render(struct template_ *t, const struct template_view *view, struct buf *out)
try {
	std::lock_guard<std::mutex> hold(t->lock);
	t->parsed.render(
		view->root, [out](const std::string &s) { buf_add(out, s.data(), s.size()); });
} catch (const std::exception &) {
	out->failed = true;
}
