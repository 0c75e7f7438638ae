"""`{% load ui %}`: every component of the design language (docs/design.md, /styleguide/)."""

from __future__ import annotations

from django import template

from core.icons import draw_icon
from core.ui import charts, codes, dates, devices, fields, page, records

register = template.Library()

register.simple_tag(draw_icon, name="icon")

# Page
register.simple_block_tag(page.page_head)
register.simple_tag(page.button)
register.simple_tag(page.link_button)
register.simple_block_tag(page.card)
register.simple_block_tag(page.notice)
register.simple_block_tag(page.empty_state)
register.simple_block_tag(page.tabs)
register.simple_tag(page.steps)
register.simple_tag(page.progress_line)
register.simple_block_tag(page.confirm, takes_context=True)
register.simple_block_tag(page.covered)
register.simple_tag(page.filter_chips)
register.simple_tag(page.pagination, takes_context=True)

# Records
register.simple_tag(records.status)
register.simple_block_tag(records.row_list)
register.simple_block_tag(records.list_row)
register.simple_tag(records.count_words)
register.simple_tag(records.facts)
register.simple_block_tag(records.table)
register.simple_tag(records.data_table)
register.simple_tag(records.timeline)
register.simple_tag(records.safety_strip, takes_context=True)
register.simple_tag(records.masked)
register.simple_tag(records.person_chip)
register.simple_tag(records.proof_mark)

# Dates
register.simple_tag(dates.when)
register.simple_tag(dates.due)
register.simple_tag(dates.month_calendar)
register.filter("day", dates.spell)
register.filter(devices.browser_name)

# Forms
register.simple_tag(fields.field)
register.simple_tag(fields.form_errors)
register.simple_block_tag(fields.form_panel, takes_context=True)

# Charts and codes
register.simple_block_tag(charts.chart)
register.simple_tag(charts.bars)
register.simple_tag(codes.qr_code)
