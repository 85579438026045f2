// SPDX-License-Identifier: GPL-3.0-or-later
// A model's tokens as rows for another lab: the token table, and the output rows of a model whose two tables are not one; with the
// text of each token, its kind, and how often it stands in the text that comes with the program.
#pragma once

#include "engine/lab/bundle.h"
#include "engine/lab/declaration.h"
#include "engine/lab/sending.h"
#include "engine/labs/language/matrix.h"
#include "engine/model/tokenizer/tokenizer.h"

#include <memory>
#include <vector>

namespace orrery::language {

class Models;

/// "word start" (a blank and letters), "word" (letters alone), "number", "mark", "blank", "control", "byte" (no whole character),
/// "special" (a control token), "unused" (an id without a token: tables are filled up to round sizes).
const char* kindOf(const model::Tokenizer& tokenizer, std::int32_t token);

/// How often each token stands in countedText(), `vocabulary` numbers; empty where this tokenizer cannot hold that text.
std::vector<std::int64_t> tokenCounts(const model::Tokenizer& tokenizer, int vocabulary);

/// A row for each of the table's.
lab::Bundle tableBundle(const std::string& title, const Matrix& table, std::shared_ptr<const model::Tokenizer> tokenizer);

std::vector<lab::Output> sentOutputs();
/// Of the models that are open, or null.
lab::Offer tableOffer(const Models* models, const std::string& output);
std::function<lab::Bundle()> tableOf(const Models* models, const std::string& output); ///< throws Error with the offer's reason

} // namespace orrery::language
