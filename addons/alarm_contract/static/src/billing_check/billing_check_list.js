import {markup, onWillStart} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {ListController} from "@web/views/list/list_controller";
import {listView} from "@web/views/list/list_view";

/** An empty list says when it was checked last; what the browser has kept of the action would say
 *  when it was checked the first time. */
export class BillingCheckController extends ListController {
    setup() {
        super.setup();
        const orm = useService("orm");
        onWillStart(async () => {
            const help = await orm.call("alarm.billing.check", "get_empty_screen", []);
            this.props.info.noContentHelp = markup(help);
        });
    }
}

registry
    .category("views")
    .add("alarm_billing_check_list", {...listView, Controller: BillingCheckController});
