// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/actions.h"

namespace orrery::ui {

void act(lab::Session& session, const std::string& action) {
    if (action == "restart") {
        session.transport().seek(0);
        session.transport().play();
        return;
    }
    if (action == "reseed") return session.setSeed(session.seed() + 1);
    static const std::string clear = "clear_";
    if (action.rfind(clear, 0) == 0) {
        const lab::Parameter* parameter = session.declaration().find(action.substr(clear.size()));
        if (parameter && parameter->type == lab::Type::points)
            return session.set({{parameter->key, lab::Points{int(parameter->columns.size())}}}, "Clear " + parameter->label);
    }
    session.lab().act(action);
}

} // namespace orrery::ui
