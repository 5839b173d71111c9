package main

import "net/http"

// searchView lists members whose names begin with what was asked for.
type searchView struct {
	frame
	Members []memberDue
	// Next is where the next page begins; empty if there is none.
	Next string
}

const searchMost = 20

// searchPage finds members.
func (s *service) searchPage(q *request) (reply, error) {
	asked, after := q.URL.Query().Get("q"), q.URL.Query().Get("after")
	if err := checkName("q", asked); err != nil {
		return reply{}, err
	}
	if err := checkName("after", after); err != nil {
		return reply{}, err
	}
	list, err := s.list(q.Context(), asked, after, searchMost)
	if err != nil {
		return reply{}, err
	}
	title := "Members"
	if asked != "" {
		title = "Members: " + asked
	}
	page, err := s.page("search.html.tmpl", searchView{s.frame(title, asked), list.Members, list.Next})
	if len(list.Members) == 0 && asked != "" {
		page.status = http.StatusNotFound
	}
	return page, err
}
