/** Words of the help: read in peace, and searched in a hurry. Both languages side by side. */
export const zh = {
  'page.help': '帮助',
  'help.title': '使用帮助',
  'help.lead': '本页可以用浏览器的“在页面中查找”（Ctrl+F）查任何一个词。在一张图上随时按 ? 打开或关闭；报警列表始终可见。',

  'help.first': '来了报警，先做什么',
  'help.first.1': '看右侧列表最上面一条：图形和数字是级别，文字是谁、在哪里、做了什么，时间是从什么时候起。',
  'help.first.2': '按 A 或“确认”：表示有人在管，提示音和闪烁停止。确认不等于处理完。',
  'help.first.3': '按 Enter 或“定位”看地图上的位置；“为什么报警？”说明用了哪两个定位点、哪条规则；再与企业或司机联系处置。',
  'help.first.4': '处理完后“关闭报警”，写明结果。暂时不能处理的可以“搁置”，写明原因，到时自动回来。任何报警都不能删除。',

  'help.screen': '画面上有什么',
  'help.screen.top': '顶栏',
  'help.screen.top.what': '连接状态、服务器时间、数据延迟、视野内车辆数、各级别报警数。数据延迟变红表示眼前不是现在的情况。',
  'help.screen.map': '一张图',
  'help.screen.map.what': '区域、道路、设施和车辆。点车或区域看卡片；车辆只画在收到过定位的地方，不作推测。缩得很小时改为按格统计的车辆数。',
  'help.screen.side': '左侧工具',
  'help.screen.side.what': '图层、查找、测量、保存的视图；有权限的人还有标绘。',
  'help.screen.card': '卡片',
  'help.screen.card.what': '选中对象的内容：最后一次定位有多久、车速、企业、所在区域，或者区域的级别、生效时间和规则。',
  'help.screen.alarms': '报警列表',
  'help.screen.alarms.what': '未结束的报警，最急的在最上面。上方是报警负荷：10 分钟内超过能处理的条数会标出“报警泛滥”。',
  'help.screen.events': '事件日志',
  'help.screen.events.what': '发生过的事，不需要处理，也不会响。点一条看它发生在哪里。',
  'help.screen.pages': '其他页面',
  'help.screen.pages.what': '数据：各数据集的属性表，可筛选、排序、修改、导出；“导入”把文件先试读再写入，可整体撤销；“数据资源目录”看每个图层谁负责、是否超期、缺什么。运行状态：服务器是否正常。用户与令牌：只有管理员可见。',

  'help.signs': '符号和颜色',
  'help.signs.vehicles': '车辆',
  'help.signs.vehicles.what': '箭头朝着行驶方向。空心表示定位已经过时，车不一定还在那里。报警车辆有红色八边形底。',
  'help.signs.levels': '区域的风险级别（颜色之外还有花纹和罗马数字）',
  'help.signs.priorities': '报警级别（形状、数字和颜色三者一致）',
  'help.priority.1': '立即处理；会发出提示音',
  'help.priority.2': '尽快处理',
  'help.priority.3': '当班处理',
  'help.priority.4': '知道即可',
  'help.signs.doubts': '存疑的标注',
  'help.doubt.provisional': '轨迹不明',
  'help.doubt.provisional.what': '两次定位之间隔得太久，不知道走的哪条路，但一定越过了边界。',
  'help.doubt.uncertain': '不确定',
  'help.doubt.uncertain.what': '离边界太近，在定位误差之内，可能在内也可能在外。',
  'help.doubt.late': '迟报',
  'help.doubt.late.what': '终端补传的旧定位，事情发生在过去，时间以发生时为准。',
  'help.doubt.retracted': '已撤回',
  'help.doubt.retracted.what': '后来的定位证明没有这回事；记录保留，划掉显示。',

  'help.flood': '报警一下子太多时',
  'help.flood.lead':
    '列表上方是报警负荷：最近 10 分钟和 24 小时产生了多少条，图上每柱是 10 分钟。一个人 10 分钟能认真处理 1 条；超过 10 条标出“报警泛滥”。',
  'help.flood.bearable': '一个人能认真处理的条数',
  'help.flood.line': '超过这条线就是泛滥',
  'help.flood.urgent': '先看红条',
  'help.flood.urgent.what': '红条写明几条紧急报警还没有人确认、最久的等了多久、几条不在眼前；点它跳到下一条。紧急的永远先处理。',
  'help.flood.groups': '按原因归组',
  'help.flood.groups.what':
    '泛滥时，同一区域同一类的、失联或无定位的、同一单位同一类的各归一组，最急的组在上，组里最先的一条留在外面：它最能说明原因。“按原因”随时可以切换，“展开”看全组。',
  'help.flood.all': '全部确认',
  'help.flood.all.what': '把一组逐条确认，可以停止，失败的几条会写明。确认只表示有人在管：原因还要处理。',
  'help.flood.filter': '筛选',
  'help.flood.filter.what': '按车牌、单位、区域、级别和类型缩小列表。漏在筛选之外的条数写在列表上方；提示音不受筛选影响。',
  'help.flood.shelve': '搁置',
  'help.flood.shelve.what': '原因已知、暂时处理不了的先放下，写明原因和时间（最长 8 小时）。到时自动回来；紧急的会再响一次。',
  'help.flood.quiet': '静音',
  'help.flood.quiet.what': '“声音开”按一下，本席位静音 10 分钟，到时自动恢复。静音时报警照样列出；结束时若有期间到来、仍未确认的紧急报警，会补响一次。',

  'help.evidence': '为什么报警：怎样看证据',
  'help.evidence.lead': '选中报警按 E，或点“证据”；事件日志的每一行也有。判定用到的都画在地图上，卡片写明规则、区域、每个数值和它的来源。',
  'help.evidence.fixes': '两个定位点',
  'help.evidence.fixes.what': '越界之前和之后各一个：时间、车速、精度，从哪里收到、晚了多久。圆是精度范围：车在圆内某处。',
  'help.evidence.crossing': '越界时刻',
  'help.evidence.crossing.what': '由两点之间的直线与边界相交推算，不是实际走的路。两点隔得越久，时刻和地点越不准。',
  'help.evidence.doubt': '离边界多远',
  'help.evidence.doubt.what': '判定点离边界比定位误差还近时，标“不确定”；隔得太久、不知道走哪条路时，标“轨迹不明”。先核实，再处置。',
  'help.evidence.zone': '判定时的区域',
  'help.evidence.zone.what': '按事发时那一版区域和规则判定，写明第几版、何时录入。后来改过的，现在的边界用虚线另画：改区域不会改变过去。',
  'help.evidence.alarm': '报警和豁免',
  'help.evidence.alarm.what': '为什么是这一级、为什么响或不响；有没有许可等豁免，为什么适用或不适用。',
  'help.evidence.on': '接着看',
  'help.evidence.on.what': '“从此刻回放”看前后经过；“看车辆”看它现在在哪里；“复制链接”把同一份证据发给同事。',

  'help.playback': '回放：当时发生了什么',
  'help.playback.lead': '回放时地图有一圈粗框，上方写明“回放”和时刻：看到的不是现在。右侧的报警始终是现在的，新的紧急报警照样会响。',
  'help.playback.mark.known': '两次定位之间按时间推算的位置',
  'help.playback.mark.held': '此后没有定位：停在最后一点，写明多久以前',
  'help.playback.mark.way': '行驶轨迹',
  'help.playback.mark.gap': '轨迹不明：两次定位隔得太久',
  'help.playback.mark.stop': '停车，停了多久',
  'help.playback.mark.event': '时间轴上：事件',
  'help.playback.mark.alarm': '时间轴上：产生报警的事件',
  'help.playback.from': '从哪里打开',
  'help.playback.from.what': '事件日志和证据上的“从此刻回放”，车辆卡片上的“回放”，“今日轨迹”里的车速图。',
  'help.playback.time': '时间轴',
  'help.playback.time.what':
    '点击或拖动到任何时刻。空格播放和暂停，← → 走 10 秒（加 Shift 1 分钟），[ 和 ] 到上一个、下一个事件。倍速 1 到 60；时长 15 分钟到 1 天，“自定义”最长 7 天。',
  'help.playback.cast': '几辆车一起看',
  'help.playback.cast.what': '输入车牌，或加入画面内的车辆，最多 {most} 辆同步。点其中一辆：画出它的轨迹和车速，地图可以跟着它。',
  'help.playback.unknown': '没有定位的时候',
  'help.playback.unknown.what': '只在收到的定位之间推算，之外不猜。终端补传的定位到了以后，再次回放就能看到。',
  'help.playback.live': '回到实时',
  'help.playback.live.what': '按 Esc 或“回到实时”。地址栏里的链接记着车辆和时刻，可以发给同事。',

  'help.states': '报警的状态和该做的事',
  'help.states.lead': '每一步都记下谁、何时、说了什么，在报警的“经过”里可以查到。',
  'help.state.unacknowledged': '还没有人管：确认它。',
  'help.state.acknowledged': '有人在管：继续处置，完成后关闭并写明结果。',
  'help.state.returned': '情况已经恢复，但没有人确认过：确认，查明原因后关闭。',
  'help.state.shelved': '暂时放下，到时自动回来：到时之前解决原因。',
  'help.state.suppressed': '同一原因已有一条报警：处理那一条即可。',
  'help.state.closed': '已经处理完，不在列表中；事件和记录仍可查。',

  'help.lost': '连接中断怎么办',
  'help.lost.banner': '画面上方出现红色横幅，并写明看到的是几点的数据。车辆变淡，不再移动。',
  'help.lost.wait': '不用刷新：页面自己重连，间隔从半秒到 8 秒；也可以按“立即重连”。',
  'help.lost.old': '重连之前，不要把画面当作现在的情况；没有新报警不代表没有事。',
  'help.lost.missed': '重连后，中断期间的报警和事件会自动补上，不会丢失。终端在盲区内的定位也会补传。',
  'help.lost.signin': '如果要求重新登录，登录后回到原来的位置：地址栏里的链接不变。',
  'help.lost.phone': '超过一分钟仍未恢复：检查本席位网络；其他席位也中断时，联系管理员看服务器，并按预案改用电话。',

  'help.roles': '谁可以做什么',
  'help.role.commander': '看图、处理报警、标绘区域和规则、试算规则、向终端下发指令。',
  'help.role.monitor': '看图、处理报警、试算规则、向终端下发指令；不能改区域。',
  'help.role.guard': '看图；不能处理报警，不能改区域。',
  'help.role.supervisor': '看图、处理报警、标绘区域和规则、试算规则；不能向终端下发指令。',
  'help.role.admin': '以上全部，另加用户、令牌和终端的审核。',

  'keys.print.browser': '打印地图（代替浏览器的打印）',
  'keys.characters': '字母、数字和符号键单独按下时起作用',
  'keys.characters.what': '用语音输入或容易误触时关掉；Enter、Esc、Tab、空格和方向键不受影响。只影响这台电脑的这个浏览器。',
  'help.keys.lead': '输入文字时不起作用（Esc 除外）。只列出当前可用的键。',
} as const satisfies Record<string, string>;
export const en: Record<keyof typeof zh, string> = {
  'page.help': 'Help',
  'help.title': 'Help',
  'help.lead':
    'Search this page for any word with the browser (Ctrl+F). At the map, ? opens and closes it; the alarm list stays in sight.',

  'help.first': 'An alarm comes in: what first?',
  'help.first.1':
    'Look at the top of the list on the right: shape and number are the priority, the words say who, where and what, the time says since when.',
  'help.first.2': 'Press A or “Acknowledge”: somebody has it now; sound and flashing stop. It does not mean that it is dealt with.',
  'help.first.3':
    'Press Enter or “Locate” for the place on the map; “Why this alarm?” names the two fixes and the rule; then get in touch with the company or the driver.',
  'help.first.4':
    'When it is dealt with, close the alarm and write down the result. What must wait can be shelved with a reason and comes back by itself. No alarm can be deleted.',

  'help.screen': 'What is on the screen',
  'help.screen.top': 'Top bar',
  'help.screen.top.what':
    'Connection, the server’s time, age of the data, vehicles in view, alarms by priority. A red data age means that what you see is not the present.',
  'help.screen.map': 'Map',
  'help.screen.map.what':
    'Zones, roads, facilities and vehicles. Click a vehicle or a zone for its card. A vehicle is drawn only where a fix has put it, nothing is guessed. Far out, vehicles are counted by cell.',
  'help.screen.side': 'Tools on the left',
  'help.screen.side.what': 'Layers, finding, measuring, saved views; drawing for those who may.',
  'help.screen.card': 'Card',
  'help.screen.card.what':
    'What is chosen: age of the last fix, speed, company and zones of a vehicle; level, times and rules of a zone.',
  'help.screen.alarms': 'Alarm list',
  'help.screen.alarms.what':
    'Open alarms, the most urgent on top. Above it the alarm load: more in ten minutes than a person can handle is called an alarm flood.',
  'help.screen.events': 'Event log',
  'help.screen.events.what': 'What happened. It asks for nothing and makes no sound. Click one to see where it was.',
  'help.screen.pages': 'Other pages',
  'help.screen.pages.what': 'Data: each collection as a table, to sift, sort, change and export; “Import” tries a file before it is kept, and takes a whole import back; “Data catalogue” says of each layer who answers for it, whether it is overdue, and what is wanting. Health: is the server well? Accounts: for administrators only.',

  'help.signs': 'Signs and colours',
  'help.signs.vehicles': 'Vehicles',
  'help.signs.vehicles.what':
    'The arrow points where the vehicle goes. Hollow means that its position is out of date and it may be elsewhere. A vehicle in alarm stands on a red octagon.',
  'help.signs.levels': 'Risk levels of zones (by colour, pattern and Roman numeral)',
  'help.signs.priorities': 'Priorities of alarms (by shape, number and colour)',
  'help.priority.1': 'act at once; makes a sound',
  'help.priority.2': 'act soon',
  'help.priority.3': 'act within the shift',
  'help.priority.4': 'be aware',
  'help.signs.doubts': 'Marks of doubt',
  'help.doubt.provisional': 'path unknown',
  'help.doubt.provisional.what': 'Too long between two fixes to know the way taken, but the edge was certainly crossed.',
  'help.doubt.uncertain': 'uncertain',
  'help.doubt.uncertain.what': 'So near the edge that the error of the fix decides: it may be inside or outside.',
  'help.doubt.late': 'late',
  'help.doubt.late.what': 'An old fix that the terminal sent afterwards. The time shown is when it happened.',
  'help.doubt.retracted': 'retracted',
  'help.doubt.retracted.what': 'Later fixes showed that it did not happen. The record stays, struck through.',

  'help.flood': 'When too many alarms come at once',
  'help.flood.lead':
    'Above the list stands the alarm load: how many were raised in the last 10 minutes and 24 hours, and a picture by ten minutes. One person can deal with 1 in 10 minutes; more than 10 are called a flood.',
  'help.flood.bearable': 'what one person can deal with',
  'help.flood.line': 'above this line it is a flood',
  'help.flood.urgent': 'Red bar first',
  'help.flood.urgent.what':
    'It says how many urgent alarms nobody has acknowledged, how long the oldest has waited and how many are out of sight; press it to get to the next. What is urgent always comes first.',
  'help.flood.groups': 'By cause',
  'help.flood.groups.what':
    'In a flood, alarms of one zone and kind, of lost terminals, and of one company and kind stand together, the most urgent group on top. The first of a group stays in sight: it says most about the cause. “By cause” switches it at any time, “Show all” opens a group.',
  'help.flood.all': 'Acknowledge all',
  'help.flood.all.what':
    'Acknowledges a group one by one; it can be stopped, and says what failed. It means that somebody has it: the cause is still there.',
  'help.flood.filter': 'Filter',
  'help.flood.filter.what':
    'Narrows the list by plate, company, zone, priority and kind. How many it leaves out stands above the list; the sound does not care about it.',
  'help.flood.shelve': 'Shelve',
  'help.flood.shelve.what':
    'Puts aside what is known and must wait, with a reason and for a time (8 hours at most). It comes back by itself; an urgent one sounds again.',
  'help.flood.quiet': 'Silence',
  'help.flood.quiet.what': '“Sound on” silences this desk for 10 minutes and ends by itself. Alarms are listed all the same; urgent ones that came meanwhile and that nobody acknowledged sound once at its end.',

  'help.evidence': 'Why an alarm: reading the evidence',
  'help.evidence.lead':
    'Press E on a chosen alarm, or “Evidence”; every line of the event log has it too. All that the judgement used is drawn on the map; the card names the rule, the zone, every figure and where it comes from.',
  'help.evidence.fixes': 'The two fixes',
  'help.evidence.fixes.what':
    'One before the boundary and one after: time, speed, accuracy, who sent it and how late. The circle is the accuracy: the vehicle was somewhere in it.',
  'help.evidence.crossing': 'The crossing',
  'help.evidence.crossing.what':
    'Where the straight line between the two meets the boundary, not the road that was driven. The longer the time between them, the less exact are time and place.',
  'help.evidence.doubt': 'How near the edge',
  'help.evidence.doubt.what':
    'Nearer than the error of the fix: “uncertain”. So long between fixes that the way is not known: “path unknown”. Check first, then act.',
  'help.evidence.zone': 'The zone that judged',
  'help.evidence.zone.what':
    'The revision of zone and rule that stood at the time, with its number and when it was entered. If it was changed since, its outline of today is dashed: an edit does not change the past.',
  'help.evidence.alarm': 'Alarm and exemption',
  'help.evidence.alarm.what':
    'Why it has this priority and why it sounds or does not; whether a permit or another exemption holds, and why not.',
  'help.evidence.on': 'From there',
  'help.evidence.on.what':
    '“Play back from here” shows what came before and after, “Show the vehicle” where it is now, “Copy link” gives the same evidence to a colleague.',

  'help.playback': 'Playback: what happened then',
  'help.playback.lead':
    'A thick frame around the map and the word “Playback” with a time say that this is not the present. The alarms on the right are always those of now, and a new urgent one sounds.',
  'help.playback.mark.known': 'place between two fixes, by time',
  'help.playback.mark.held': 'no fix since: at its last place, with how long ago',
  'help.playback.mark.way': 'the way it drove',
  'help.playback.mark.gap': 'way unknown: too long between two fixes',
  'help.playback.mark.stop': 'a stop, and how long',
  'help.playback.mark.event': 'on the line of time: an event',
  'help.playback.mark.alarm': 'on the line of time: one that raised an alarm',
  'help.playback.from': 'Opening it',
  'help.playback.from.what':
    '“Play back from here” in the event log and the evidence, “Play back” on a vehicle’s card, the speed picture of its track.',
  'help.playback.time': 'Line of time',
  'help.playback.time.what':
    'Click or drag to any moment. Space plays and pauses, ← → step 10 seconds (1 minute with Shift), [ and ] go to the event before and after. Speed 1 to 60; 15 minutes to 1 day, 7 days at most of your own choice.',
  'help.playback.cast': 'Several vehicles',
  'help.playback.cast.what':
    'Type a plate or add those in view, {most} at most, in step. Choose one to see its way and its speed, and to have the map follow it.',
  'help.playback.unknown': 'Without a fix',
  'help.playback.unknown.what':
    'Places are read between received fixes only; beyond them nothing is guessed. What a terminal sends late is there when it is played again.',
  'help.playback.live': 'Back to now',
  'help.playback.live.what': 'Esc or “Back to live”. The link in the address bar keeps vehicles and moment, for a colleague.',

  'help.states': 'States of an alarm and what to do in each',
  'help.states.lead': 'Every step is kept with who, when and what they wrote; see the history of the alarm.',
  'help.state.unacknowledged': 'Nobody has it yet: acknowledge it.',
  'help.state.acknowledged': 'Somebody has it: go on, then close it with the result.',
  'help.state.returned': 'It is over, but nobody acknowledged it: acknowledge, find the cause, close.',
  'help.state.shelved': 'Put aside until a time and then back by itself: remove the cause before.',
  'help.state.suppressed': 'There is an alarm of the same cause: deal with that one.',
  'help.state.closed': 'Dealt with and off the list; events and records can still be read.',

  'help.lost': 'When the connection is lost',
  'help.lost.banner': 'A red banner says so, and from when the data is that you see. Vehicles turn pale and stand still.',
  'help.lost.wait': 'No need to reload: the page reconnects by itself every half second to 8 seconds, or at once by the button.',
  'help.lost.old': 'Until then, do not take the screen for the present: no alarm does not mean that nothing happens.',
  'help.lost.missed':
    'After that, alarms and events of the time between come in by themselves; none is lost. Terminals send what they kept in blind areas.',
  'help.lost.signin': 'If you are asked to sign in, you come back to the same place: the link in the address bar stays.',
  'help.lost.phone':
    'Still lost after a minute: check this desk’s network. If other desks are lost too, have an administrator look at the server, and fall back to the telephone as the plan says.',

  'help.roles': 'Who may do what',
  'help.role.commander': 'See the map, handle alarms, draw zones and rules, try rules, command terminals.',
  'help.role.monitor': 'See the map, handle alarms, try rules, command terminals; not change zones.',
  'help.role.guard': 'See the map; neither handle alarms nor change zones.',
  'help.role.supervisor': 'See the map, handle alarms, draw zones and rules, try rules; not command terminals.',
  'help.role.admin': 'All of this, and users, tokens and the approval of terminals.',

  'keys.print.browser': 'Print the map, in place of the browser’s own print',
  'keys.characters': 'Letters, figures and signs work when pressed alone',
  'keys.characters.what':
    'Switch it off if you dictate or strike keys by accident. Enter, Esc, Tab, Space and the arrows stay. Remembered by this browser on this computer.',
  'help.keys.lead': 'They do nothing while you type (except Esc). Only keys that work at this moment are listed.',
};
