"""The desks of an emergency office: each topic is a module of acts and views."""
